package io.dsa.lab.crash;

import io.dsa.client.DsaException;
import io.dsa.client.admin.DsaAdmin;

/** Changes volumes by asking the server to. */
record ClientAdmin(DsaAdmin admin) implements VolumeAdmin {
  @Override
  public void apply(String name, Change change) {
    try {
      switch (change) {
        case Change.Create c -> admin.createVolume(name, c.bytes());
        case Change.Resize c -> admin.resizeVolume(name, c.bytes());
        case Change.Rename c -> admin.renameVolume(name, c.name());
        case Change.Delete _ -> admin.deleteVolume(name);
      }
    } catch (DsaException e) {
      if (e.category() == DsaException.Category.NO_SPACE) {
        throw new Refused(e);
      }
      throw e;
    }
  }
}
