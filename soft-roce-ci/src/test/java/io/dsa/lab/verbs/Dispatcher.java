package io.dsa.lab.verbs;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * DiSNI's native methods by name, which Java code outside DiSNI's package cannot call otherwise.
 */
final class Dispatcher {
  private static final String CLASS = "com.ibm.disni.verbs.impl.NativeDispatcher";

  private final Object target;
  private final Set<String> called = new TreeSet<>();

  Dispatcher() throws ReflectiveOperationException {
    Constructor<?> constructor = Class.forName(CLASS).getDeclaredConstructor();
    constructor.setAccessible(true);
    target = constructor.newInstance();
  }

  static List<Method> natives() throws ClassNotFoundException {
    return Arrays.stream(Class.forName(CLASS).getDeclaredMethods())
        .filter(method -> Modifier.isNative(method.getModifiers()))
        .toList();
  }

  Set<String> called() {
    return called;
  }

  /** Calls the method of that name, converting numbers to what it declares. */
  Object invoke(String name, Object... arguments) throws IOException {
    try {
      Method method =
          natives().stream().filter(m -> m.getName().equals(name)).findFirst().orElseThrow();
      called.add(name);
      Class<?>[] types = method.getParameterTypes();
      Object[] converted = new Object[types.length];
      for (int i = 0; i < types.length; i++) {
        converted[i] = convert((Number) arguments[i], types[i]);
      }
      return method.invoke(target, converted);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object convert(Number number, Class<?> type) {
    if (type == long.class) {
      return number.longValue();
    }
    if (type == int.class) {
      return number.intValue();
    }
    if (type == short.class) {
      return number.shortValue();
    }
    return number.byteValue();
  }

  long id(String name, Object... arguments) throws IOException {
    return (long) invoke(name, arguments);
  }

  int number(String name, Object... arguments) throws IOException {
    return (int) invoke(name, arguments);
  }
}
