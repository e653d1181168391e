package io.dsa.verbs.darpc;

import com.ibm.disni.verbs.IbvWC;
import java.io.IOException;

/** An endpoint as the completion thread sees it. Neither method may block. */
interface CompletionTarget {
  /** One completion, of any status. */
  void complete(IbvWC completion) throws IOException;

  /** The endpoint, or its completion queue, cannot go on. */
  void fail(Throwable cause);
}
