package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.VolumeInfo;
import io.dsa.server.access.Right;
import io.dsa.server.access.User;
import java.util.List;

/**
 * The volumes as one user sees them: those that it has a right on. Others are answered as if they
 * were not there. Immutable, though the volumes change.
 */
record UserView(User user, VolumeCatalog catalog) {
  /** All volumes that are seen whose names come after this one, in order. */
  List<VolumeInfo> after(String name) {
    return catalog.after(name, volume -> user.sees(volume.id()));
  }

  VolumeCatalog.Located find(String name) {
    return catalog.find(name, volume -> user.sees(volume.id()));
  }

  /** Finds a volume for what needs this right. */
  VolumeCatalog.Located find(String name, Right right) {
    VolumeCatalog.Located located = find(name);
    if (!user.has(right, located.volume().id())) {
      throw lacks(right, name);
    }
    return located;
  }

  /** Finds a volume that can be opened, by this user. */
  VolumeCatalog.Located findToOpen(String name, OpenMode mode) {
    VolumeCatalog.Located located = find(name);
    if (!user.mayOpen(located.volume().id(), mode)) {
      throw lacks(User.rightToOpen(mode), name);
    }
    return located.ready();
  }

  RequestException lacks(Right right, String volume) {
    return new RequestException(ErrorCode.NOT_PERMITTED, user.refusal(right, volume));
  }

  /**
   * Refuses what only admins do.
   *
   * @param what as in "creating a volume"
   */
  void requireAdmin(String what) {
    if (!user.admin()) {
      throw new RequestException(ErrorCode.NOT_PERMITTED, user.adminsOnly(what));
    }
  }
}
