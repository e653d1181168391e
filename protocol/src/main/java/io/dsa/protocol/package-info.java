/** x */
package io.dsa.protocol;
