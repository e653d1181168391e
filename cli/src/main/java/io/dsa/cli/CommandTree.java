package io.dsa.cli;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Which commands there are. Making them all takes a JVM that has just begun four times as long as
 * it took to begin, so only those are made that a command line names; where it names none that
 * there is, all are, to say which there are.
 */
final class CommandTree {
  private static final Map<Class<?>, List<Class<?>>> MEMBERS =
      Map.of(
          Dsa.class,
          List.of(
              RunServerCommand.class,
              DeviceCommand.class,
              PoolCommand.class,
              VolumeCommand.class,
              UserCommand.class,
              SessionCommand.class,
              PutFileCommand.class,
              GetFileCommand.class,
              BenchVolumeCommand.class,
              CompletionCommand.class,
              ShowHelpCommand.class),
          DeviceCommand.class,
          List.of(ProbeDeviceCommand.class),
          PoolCommand.class,
          List.of(
              FormatPoolCommand.class,
              ListPoolsCommand.class,
              ShowPoolCommand.class,
              CheckPoolCommand.class),
          VolumeCommand.class,
          List.of(
              CreateVolumeCommand.class,
              ListVolumesCommand.class,
              ShowVolumeCommand.class,
              ResizeVolumeCommand.class,
              RenameVolumeCommand.class,
              DeleteVolumeCommand.class),
          UserCommand.class,
          List.of(
              AddUserCommand.class,
              ListUsersCommand.class,
              ShowUserCommand.class,
              RotateUserCommand.class,
              LimitUserCommand.class,
              SetRoleCommand.class,
              RemoveUserCommand.class,
              GrantUserCommand.class,
              RevokeUserCommand.class),
          SessionCommand.class,
          List.of(ListSessionsCommand.class, KickSessionCommand.class));

  /** Those that are about the others. */
  private static final List<Class<?>> ABOUT_ALL =
      List.of(CompletionCommand.class, ShowHelpCommand.class);

  private CommandTree() {}

  static CommandLine whole() {
    return of(Collections.emptyIterator());
  }

  /** As much of it as these arguments need; all of what is below the first option. */
  static CommandLine of(String... arguments) {
    return of(Arrays.stream(arguments).takeWhile(word -> !word.startsWith("-")).iterator());
  }

  private static CommandLine of(Iterator<String> words) {
    CommandLine root = new CommandLine(new Dsa());
    add(root, Dsa.class, words);
    return root;
  }

  private static void add(CommandLine parent, Class<?> group, Iterator<String> words) {
    List<Class<?>> members = MEMBERS.getOrDefault(group, List.of());
    String word = words.hasNext() ? words.next() : "";
    Optional<Class<?>> named =
        members.stream()
            .filter(member -> name(member).equals(word) && !ABOUT_ALL.contains(member))
            .findFirst();
    Iterator<String> rest = named.isPresent() ? words : Collections.emptyIterator();
    for (Class<?> member : named.map(List::<Class<?>>of).orElse(members)) {
      CommandLine child = new CommandLine(member);
      // First: what commands below inherit comes from above.
      parent.addSubcommand(child);
      add(child, member, rest);
    }
  }

  private static String name(Class<?> member) {
    return member.getAnnotation(Command.class).name();
  }
}
