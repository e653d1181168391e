/** DiSNI's native contract and the verbs API, on a real device; both ends are in this process. */
package io.dsa.lab.verbs;
