package io.dsa.client;

/** Hears of the requests of an {@link IoQueue} that have completed. */
@FunctionalInterface
public interface CompletionHandler {
  /**
   * Called once for each request that was taken. It may make further requests on the same queue,
   * but not poll it; should it throw, the completions after this one stay for the next poll.
   *
   * @param token what the caller gave along with the request
   */
  void completed(long token, IoStatus status);
}
