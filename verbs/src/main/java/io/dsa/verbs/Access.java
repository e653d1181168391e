package io.dsa.verbs;

/** Access flags of ibv_reg_mr(3) and ibv_bind_mw(3); combine them with {@code |}. */
public final class Access {
  public static final int LOCAL_READ = 0;
  public static final int LOCAL_WRITE = 1;
  public static final int REMOTE_WRITE = 1 << 1;
  public static final int REMOTE_READ = 1 << 2;
  public static final int REMOTE_ATOMIC = 1 << 3;
  public static final int MW_BIND = 1 << 4;
  public static final int ON_DEMAND = 1 << 6;
  public static final int FLUSH_GLOBAL = 1 << 8;
  public static final int FLUSH_PERSISTENT = 1 << 9;

  private Access() {}
}
