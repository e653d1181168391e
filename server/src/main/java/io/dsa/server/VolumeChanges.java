package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.VolumeName;
import io.dsa.sal.StorageException;
import io.dsa.sal.Volume;
import io.dsa.server.access.Access;
import io.dsa.server.access.AccessException;
import io.dsa.server.admin.RefusedException;
import io.dsa.server.admin.Volumes;
import io.dsa.verbs.VerbsException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes, changes and deletes volumes, minding who has them open. Thread-safe. */
final class VolumeChanges implements Volumes {
  private static final Logger LOG = LoggerFactory.getLogger(VolumeChanges.class);

  /** For a client that is closing it by itself in this moment. */
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final VolumeCatalog catalog;
  private final VolumeUsers users;
  private final Access access;
  private final Consumer<Volume> takeFromAll;

  /**
   * Takes no part in who may do it.
   *
   * @param takeFromAll closes a volume in every session; its windows are freed when it returns
   */
  VolumeChanges(
      VolumeCatalog catalog, VolumeUsers users, Access access, Consumer<Volume> takeFromAll) {
    this.catalog = catalog;
    this.users = users;
    this.access = access;
    this.takeFromAll = takeFromAll;
  }

  @Override
  public List<Description> list() {
    return catalog.all().stream().map(VolumeChanges::describe).toList();
  }

  @Override
  public Description find(String name) {
    return refusing(() -> describe(catalog.find(name, _ -> true)));
  }

  @Override
  public Description create(String name, long bytes, String pool) {
    return refusing(() -> describe(catalog.create(canonical(name), bytes, pool)));
  }

  /** Growing leaves everybody who has the volume open at the size that they know. */
  @Override
  public Description resize(Description known, long bytes) {
    return refusing(() -> {
      VolumeCatalog.Located located = locate(known);
      Volume volume = located.volume();
      return describe(
          bytes >= volume.bytes()
              ? catalog.resize(located, bytes)
              : users.whileUnused(
                  volume.id(), volume.name(), () -> catalog.resize(located, bytes)));
    });
  }

  @Override
  public Description rename(Description known, String newName) {
    return refusing(() -> describe(catalog.rename(locate(known), canonical(newName))));
  }

  @Override
  public void delete(Description known, boolean force) {
    refusing(() -> {
      VolumeCatalog.Located located = locate(known);
      if (force) {
        users.keepingOut(
            known.id(),
            () -> {
              takeFromAll.accept(located.volume());
              if (!users.awaitUnused(known.id(), CLOSING)) {
                LOG.warn("Volume {} does not come free", known.name());
              }
              delete(located);
            });
      } else {
        delete(located);
      }
      return known;
    });
    try {
      access.forgetVolume(known.id());
    } catch (AccessException e) {
      // Of no use to anybody, since no other volume ever has this id.
      LOG.warn("Rights on a volume that was deleted stay in the file of users: {}", e.getMessage());
    }
  }

  private void delete(VolumeCatalog.Located located) {
    UUID id = located.volume().id();
    users.whileUnused(
        id,
        located.volume().name(),
        () -> {
          catalog.delete(located);
          users.forget(id);
          return id;
        });
  }

  private static String canonical(String name) {
    try {
      return VolumeName.canonical(name);
    } catch (IllegalArgumentException e) {
      throw new RequestException(ErrorCode.INVALID_NAME, e.getMessage());
    }
  }

  private VolumeCatalog.Located locate(Description known) {
    return catalog.find(known.name(), volume -> volume.id().equals(known.id()));
  }

  private static Description describe(VolumeCatalog.Located located) {
    return new Description(located.volume().id(), located.info());
  }

  private static Description refusing(Supplier<Description> change) {
    try {
      return change.get();
    } catch (RequestException e) {
      throw new RefusedException(e.code(), e.getMessage(), e);
    } catch (StorageException e) {
      throw new RefusedException(RequestException.codeOf(e), e.getMessage(), e);
    } catch (VerbsException e) {
      throw new RefusedException(ErrorCode.RESOURCES, e.getMessage(), e);
    }
  }
}
