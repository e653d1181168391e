package io.dsa.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.server.access.Quotas;
import io.dsa.server.access.Right;
import io.dsa.server.access.User;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class UserViewTest {
  private ServedPool pool;
  private VolumeCatalog catalog;
  private UUID shared;

  @BeforeEach
  void open() {
    Device device = Devices.open("memory:16MiB");
    Pool.format(device, FormatOptions.careful());
    // How it is reached is nothing to who may.
    pool = new ServedPool(device, Pool.open(device), null);
    pool.pool().createVolume("hidden", 1);
    shared = pool.pool().createVolume("shared", 1).id();
    catalog = new VolumeCatalog(List.of(pool));
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private UserView view(boolean admin, Right... rights) {
    return new UserView(
        new User(UUID.randomUUID(), "ada", admin, Map.of(shared, Set.of(rights)), Quotas.NONE),
        catalog);
  }

  private static void refused(Runnable what, ErrorCode code, String... words) {
    assertThatThrownBy(what::run)
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(words).allSatisfy(word -> assertThat(e.getMessage()).contains(word));
            });
  }

  @Test
  void shouldNotTellAHiddenVolumeFromNone() {
    UserView view = view(false, Right.READ, Right.WRITE, Right.MANAGE);

    refused(() -> view.find("hidden"), ErrorCode.UNKNOWN_VOLUME, "no volume named hidden");
    refused(() -> view.find("hidden", Right.MANAGE), ErrorCode.UNKNOWN_VOLUME);
    refused(() -> view.findToOpen("hidden", OpenMode.READ_ONLY), ErrorCode.UNKNOWN_VOLUME);
    assertThat(view.find("shared").volume().id()).isEqualTo(shared);
  }

  @Test
  void shouldNameTheRightThatIsMissing() {
    UserView reader = view(false, Right.READ);

    refused(
        () -> reader.findToOpen("shared", OpenMode.READ_WRITE),
        ErrorCode.NOT_PERMITTED,
        "user ada lacks the right 'write' on volume shared");
    refused(() -> reader.find("shared", Right.MANAGE), ErrorCode.NOT_PERMITTED, "'manage'");
    refused(
        () -> reader.requireAdmin("listing pools"),
        ErrorCode.NOT_PERMITTED,
        "listing pools needs the role admin, which user ada lacks");
    refused(
        () -> view(false, Right.MANAGE).findToOpen("shared", OpenMode.READ_ONLY),
        ErrorCode.NOT_PERMITTED,
        "'read'");
  }

  @Test
  void shouldHideNothingFromAnAdmin() {
    UserView admin = view(true);

    assertThat(admin.find("hidden", Right.MANAGE)).isNotNull();
    assertThat(admin.findToOpen("hidden", OpenMode.SHARED_WRITE)).isNotNull();
    admin.requireAdmin("anything");
  }

  @Test
  void shouldKeepARightOverARename() {
    UserView view = view(false, Right.READ);
    catalog.rename(view.find("shared"), "renamed");
    pool.pool().createVolume("shared", 1);

    assertThat(view.findToOpen("renamed", OpenMode.READ_ONLY).volume().id()).isEqualTo(shared);
    refused(() -> view.find("shared"), ErrorCode.UNKNOWN_VOLUME);
  }
}
