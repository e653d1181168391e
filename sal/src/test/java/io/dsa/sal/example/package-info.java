/** The backend that docs/adding-a-backend.md shows. Threads: as in {@link io.dsa.sal.Device}. */
package io.dsa.sal.example;
