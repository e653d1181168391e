package io.dsa.lab.crash;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;

/** Changes volumes by asking the server to. */
record ClientAdmin(DsaClient client) implements VolumeAdmin {
  @Override
  public void apply(String name, Change change) {
    try {
      switch (change) {
        case Change.Create c -> client.createVolume(name, c.bytes());
        case Change.Resize c -> client.resizeVolume(name, c.bytes());
        case Change.Rename c -> client.renameVolume(name, c.name());
        case Change.Delete _ -> client.deleteVolume(name);
      }
    } catch (DsaException e) {
      if (e.category() == DsaException.Category.NO_SPACE) {
        throw new Refused(e);
      }
      throw e;
    }
  }
}
