package org.qat4j.report.folder;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.apache.logging.log4j.LogManager;
import org.qat4j.QatException;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.CurvePoint;

/** A run that writes without end, for the test that interrupts it. */
final class RunFolderMain {
  static final int NUMBERS = 100_000;

  private RunFolderMain() {}

  public static void main(String[] args) {
    try (RunFolder folder = RunFolder.create(Path.of(args[0]), false)) {
      LogManager.getLogger("org.qat4j.test").info("a remark of ours");
      LogManager.getLogger("org.qat4j.test").warn("a warning of ours");
      LogManager.getLogger("org.nd4j.test").error("a library complains");
      for (int step = 1; ; step++) {
        folder.writeJson("big.json", IntStream.range(0, NUMBERS).boxed().toList());
        folder.metric(1, new CurvePoint(Stage.FLOAT, step, 1, 1, null, 0.5, 1));
        if (step == 3) {
          System.out.println("writing");
        }
      }
    } catch (QatException interrupted) {
      System.out.println(interrupted.getMessage());
    }
  }
}
