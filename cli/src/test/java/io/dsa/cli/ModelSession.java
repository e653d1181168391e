package io.dsa.cli;

import io.dsa.client.ModelServer;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.protocol.InstanceId;

/** A session with the model of a server. */
record ModelSession(ModelServer model, InstanceId instance, Volume volume) implements BenchSession {
  static ModelSession open(ModelServer model) {
    Volume volume = model.open(VolumeOptions.defaults());
    return new ModelSession(model, model.instance(), volume);
  }

  @Override
  public String server() {
    return "model";
  }

  @Override
  public RegisteredBuffer allocate(long bytes) {
    return model.allocate(bytes);
  }

  @Override
  public void close() {
    volume.close();
  }
}
