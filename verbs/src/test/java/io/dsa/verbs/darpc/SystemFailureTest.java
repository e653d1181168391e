package io.dsa.verbs.darpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.verbs.darpc.RpcException.Reason;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class SystemFailureTest {
  private static RpcException failure(String message) {
    IOException cause = new IOException(message);
    return SystemFailure.of(cause).asException("cannot listen on 10.0.0.1:5", cause);
  }

  @Test
  void shouldTellReasonsApartByErrno() {
    assertThat(failure("rdma_bind_addr: in use (errno 98)").reason())
        .isEqualTo(Reason.ADDRESS_IN_USE);
    assertThat(failure("rdma_bind_addr: (errno 99)").reason()).isEqualTo(Reason.NO_DEVICE);
    assertThat(failure("rdma_bind_addr: (errno 19)").reason()).isEqualTo(Reason.NO_DEVICE);
    assertThat(failure("rdma_resolve_addr: (errno 101)").reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(failure("ibv_reg_mr: (errno 12)")).hasMessageContaining("ulimit -l");
  }

  @Test
  void shouldKeepTheAddressAndTheCause() {
    RpcException failure = failure("something else");
    assertThat(failure.reason()).isEqualTo(Reason.FAILED);
    assertThat(failure).hasMessage("cannot listen on 10.0.0.1:5: something else");
    assertThat(failure).hasCauseInstanceOf(IOException.class);
    assertThat(SystemFailure.of(new IOException()).errno()).isZero();
  }

  @Test
  void shouldSayThatThereIsNoRdmaAtAll() {
    IOException cause = new IOException("rdma_create_event_channel: No such device (errno 19)");
    RpcException failure = SystemFailure.of(cause).withoutAddress("cannot connect to a:1", cause);
    assertThat(failure.reason()).isEqualTo(Reason.NO_DEVICE);
    assertThat(failure).hasMessageContaining("no RDMA device (is its driver");
  }
}
