package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeName;
import io.dsa.protocol.json.JsonObject;
import io.dsa.server.access.Right;
import java.util.List;
import java.util.Optional;

/** {@code /api/v1/volumes} and {@code /api/v1/volumes/{name}}. */
final class VolumeRoutes {
  private static final String ALL = "/api/v1/volumes";
  private static final String ONE = ALL + "/{name}";

  private final Volumes volumes;

  private VolumeRoutes(Volumes volumes) {
    this.volumes = volumes;
  }

  static void add(RouteTable table, Volumes volumes) {
    VolumeRoutes routes = new VolumeRoutes(volumes);
    table
        .add("GET", ALL, RouteTable.Audience.USERS, routes::list)
        .add("POST", ALL, RouteTable.Audience.ADMINS, routes::create)
        .add("GET", ONE, RouteTable.Audience.USERS, routes::show)
        .add("PATCH", ONE, RouteTable.Audience.USERS, routes::change)
        .add("DELETE", ONE, RouteTable.Audience.USERS, List.of("force"), routes::delete);
  }

  private AdminResponse list(AdminRequest request) {
    return AdminResponse.ok(
        JsonObject.empty()
            .with(
                "volumes",
                volumes.list().stream()
                    .filter(volume -> request.who().sees(volume.id()))
                    .map(VolumeRoutes::json)
                    .toList()));
  }

  private AdminResponse create(AdminRequest request) {
    JsonObject body = request.json(List.of("name", "bytes", "pool"));
    Volumes.Description made =
        volumes.create(
            canonical(body.text("name")),
            body.number("bytes"),
            body.optionalText("pool").orElse(""));
    return AdminResponse.created(ALL + "/" + PercentEncoding.encode(made.name()), json(made));
  }

  private AdminResponse show(AdminRequest request) {
    return AdminResponse.ok(json(seen(request)));
  }

  private AdminResponse change(AdminRequest request) {
    JsonObject body = request.json(List.of("bytes", "name"));
    Optional<Long> bytes = body.optionalNumber("bytes");
    Optional<String> name = body.optionalText("name");
    if (bytes.isPresent() == name.isPresent()) {
      // Two changes could be done by half.
      throw new RefusedException(
          ErrorCode.BAD_REQUEST, "a change is either of 'bytes' or of 'name'");
    }
    Volumes.Description known = managed(request);
    return AdminResponse.ok(
        json(
            bytes.isPresent()
                ? volumes.resize(known, bytes.get())
                : volumes.rename(known, canonical(name.orElseThrow()))));
  }

  private AdminResponse delete(AdminRequest request) {
    boolean force = request.flag("force");
    volumes.delete(managed(request), force);
    return AdminResponse.noContent();
  }

  /** The volume of the path, if he who asks may know of it. */
  private Volumes.Description seen(AdminRequest request) {
    String name = canonical(request.variable("name"));
    Volumes.Description volume = volumes.find(name);
    if (!request.who().sees(volume.id())) {
      throw unknown(name);
    }
    return volume;
  }

  private Volumes.Description managed(AdminRequest request) {
    Volumes.Description volume = seen(request);
    if (!request.who().has(Right.MANAGE, volume.id())) {
      throw new RefusedException(
          ErrorCode.NOT_PERMITTED, request.who().refusal(Right.MANAGE, volume.name()));
    }
    return volume;
  }

  /** In the words of a name that nobody has. */
  static RefusedException unknown(String name) {
    return new RefusedException(
        ErrorCode.UNKNOWN_VOLUME, "there is no volume named " + name + "; see 'dsa volume list'");
  }

  static String canonical(String name) {
    try {
      return VolumeName.canonical(name);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(ErrorCode.INVALID_NAME, e.getMessage(), e);
    }
  }

  private static JsonObject json(Volumes.Description volume) {
    VolumeInfo info = volume.info();
    return JsonObject.empty()
        .with("name", info.name())
        .with("id", volume.id().toString())
        .with("bytes", info.bytes())
        .with("pool", info.pool())
        .with("extents", info.extents())
        .with("state", Words.of(info.state()))
        .with("volatile", info.isVolatile())
        .with("durability", info.durability().stream().sorted().map(Words::of).toList());
  }
}
