package io.dsa.lab;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The directions of docs/design.md. */
final class ModuleBoundariesTest {
  /** Maven keeps modules apart as a whole; the classes of all of them are on this class path. */
  private static JavaClasses dsa;

  @BeforeAll
  static void read() {
    dsa =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.dsa");
  }

  @ParameterizedTest
  @ValueSource(strings = {"protocol", "sal", "verbs", "server", "client", "cli"})
  void shouldSeeTheClassesOfEveryModule(String module) {
    assertThat(dsa.stream().filter(type -> isIn(type, module)).collect(Collectors.toSet()))
        .as("classes of %s", module)
        .hasSizeGreaterThan(5);
  }

  private static boolean isIn(JavaClass type, String module) {
    String name = "io.dsa." + module;
    return type.getPackageName().equals(name) || type.getPackageName().startsWith(name + ".");
  }

  @ParameterizedTest
  @CsvSource({
    "protocol, ",
    "sal, ",
    "verbs, ",
    "server, protocol verbs sal",
    "client, protocol verbs",
    "cli, protocol sal client server",
  })
  void shouldDependOnlyOnWhatTheDesignNames(String module, String allowed) {
    String own = "io.dsa." + module + "..";
    String[] reachable =
        Pattern.compile(" ")
            .splitAsStream(allowed == null ? module : module + " " + allowed)
            .map(name -> "io.dsa." + name + "..")
            .toArray(String[]::new);
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage(own)
            .should()
            .dependOnClassesThat(
                resideInAnyPackage("io.dsa..").and(not(resideInAnyPackage(reachable))));

    rule.check(dsa);
  }

  @ParameterizedTest
  @CsvSource({
    "com.ibm.., io.dsa.verbs..",
    "io.netty.., io.dsa.server.admin..",
    "picocli.., io.dsa.cli..",
    "tools.jackson.core.., io.dsa.protocol.json..",
    "tools.jackson.databind.., io.dsa.cli..",
  })
  void shouldKeepALibraryInItsHome(String library, String home) {
    noClasses()
        .that()
        // The lab is no module of the product.
        .resideOutsideOfPackages(home, "io.dsa.lab..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(dsa);
  }

  @Test
  void shouldHaveNoCyclesBetweenPackages() {
    slices().matching("io.dsa.(**)").should().beFreeOfCycles().check(dsa);
  }

  @Test
  void shouldNameClassesAfterWhatTheyAre() {
    // The connection manager is what rdma_cm stands for, and the word that RDMA people look for.
    classes()
        .that()
        .doNotHaveSimpleName("ConnectionManager")
        .should()
        .haveSimpleNameNotEndingWith("Utils")
        .andShould()
        .haveSimpleNameNotEndingWith("Util")
        .andShould()
        .haveSimpleNameNotEndingWith("Helper")
        .andShould()
        .haveSimpleNameNotEndingWith("Manager")
        .andShould()
        .haveSimpleNameNotEndingWith("Impl")
        .check(dsa);
  }
}
