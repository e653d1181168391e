package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TableTest {
  @Test
  void shouldLetNoCellEndItsLineOrSteerTheTerminal() {
    Table table = new Table("ID", "CLIENT").row(1, "x\u001b[31m\n9999  admin\u009b\r\t");

    assertThat(table.lines()).containsExactly("ID  CLIENT", "1   x?[31m?9999  admin???");
  }

  @Test
  void shouldSetColumnsUnderTheirHeadings() {
    Table table = new Table("NAME", "SIZE").row("Zo\u00eb", 12).row("\ud83d\ude80\ud83d\ude80", 3);

    assertThat(table.lines())
        .containsExactly("NAME  SIZE", "Zo\u00eb   12", "\ud83d\ude80\ud83d\ude80    3");
  }
}
