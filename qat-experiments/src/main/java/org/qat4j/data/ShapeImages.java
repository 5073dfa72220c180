package org.qat4j.data;

import java.util.Random;

/**
 * Images that are drawn from a seed: a bar, a cross, a ring or a diagonal somewhere on noise. Rows
 * of a table: label, tab, pixels from 0 to 1 line by line, separated by commas.
 */
public final class ShapeImages {
  /** Pixels of a line, and lines of an image. */
  public static final int SIZE = 16;

  private static final String[] LABELS = {"bar", "cross", "ring", "diagonal"};
  private static final int REACH = 4;

  private ShapeImages() {}

  /** Number of different shapes. */
  public static int classes() {
    return LABELS.length;
  }

  /** So many rows, the shapes in turn. */
  public static String table(int rows, long seed) {
    Random random = new Random(seed);
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      int label = i % LABELS.length;
      table.append(LABELS[label]).append('\t');
      float[] pixels = draw(label, random);
      for (int p = 0; p < pixels.length; p++) {
        table.append(p == 0 ? "" : ",").append(Math.round(pixels[p] * 100) / 100f);
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static float[] draw(int label, Random random) {
    float[] pixels = new float[SIZE * SIZE];
    int row = REACH + random.nextInt(SIZE - 2 * REACH);
    int column = REACH + random.nextInt(SIZE - 2 * REACH);
    float ink = 0.5f + random.nextFloat() / 2;
    for (int i = 0; i < pixels.length; i++) {
      int y = i / SIZE - row;
      int x = i % SIZE - column;
      boolean inked = Math.max(Math.abs(x), Math.abs(y)) <= REACH && isInked(label, x, y);
      pixels[i] = Math.min(1, (inked ? ink : 0) + 0.4f * random.nextFloat());
    }
    return pixels;
  }

  private static boolean isInked(int label, int x, int y) {
    return switch (label) {
      case 0 -> y == 0;
      case 1 -> x == 0 || y == 0;
      case 2 -> Math.abs(Math.hypot(x, y) - 3) < 0.6;
      default -> x == y;
    };
  }
}
