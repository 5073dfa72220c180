package org.qat4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.QatException;
import org.qat4j.calibration.internal.Observations;
import org.qat4j.calibration.internal.Observer;
import org.qat4j.numerics.QuantParams;

class OwnObserverTest {
  private static final Grids BYTES = (lo, hi) -> QuantParams.asymmetric(lo, hi, 8);
  private static final String HERE = OwnObserverTest.class.getName() + "$";

  /** Half of what was seen. */
  public static final class Half implements OwnObserver {
    @Override
    public Range range(ValueCounts seen, Grids grids) {
      return new Range(seen.extremes().lo() / 2, seen.extremes().hi() / 2);
    }
  }

  /** As ends the number of values, negative, and their sum. */
  public static final class Sums implements OwnObserver {
    @Override
    public Range range(ValueCounts seen, Grids grids) {
      double sum = 0;
      long n = 0;
      for (int i = 0; i < seen.size(); i++) {
        sum += seen.at(i) * seen.count(i);
        n += seen.count(i);
      }
      assertThat(n).isEqualTo(seen.total());
      return new Range(-n, (float) sum);
    }
  }

  /** Throws. */
  public static final class Failing implements OwnObserver {
    @Override
    public Range range(ValueCounts seen, Grids grids) {
      throw new IllegalStateException("no luck");
    }
  }

  /** Gives none. */
  public static final class Empty implements OwnObserver {
    @Override
    public Range range(ValueCounts seen, Grids grids) {
      return null;
    }
  }

  /** Cannot be made. */
  public static final class Demanding implements OwnObserver {
    public Demanding(int size) {
      assertThat(size).isPositive();
    }

    @Override
    public Range range(ValueCounts seen, Grids grids) {
      return seen.extremes();
    }
  }

  private static Range range(Class<? extends OwnObserver> type) {
    Observer observer = new Observer(RangeRule.Own.of(type), BYTES);
    Observations all = new Observations();
    observer.recordIn(all);
    observer.observe(new float[] {-1, 0, 0, 2});
    observer.observe(new float[] {6});
    assertThat(all.range(RangeRule.Own.of(type), BYTES)).isEqualTo(observer.range());
    return observer.range();
  }

  @Test
  void givesTheRangeOfAllThatWasSeen() {
    assertThat(range(Half.class)).isEqualTo(new Range(-0.5f, 3));
    Range sums = range(Sums.class);
    assertThat(sums.hi()).isBetween(6.9f, 7.1f);
    assertThat(sums.lo()).isEqualTo(-5);
  }

  @Test
  void isToldByWhatIsWrongWithIt() {
    assertThatThrownBy(() -> range(Failing.class))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("Failing failed")
        .hasMessageContaining("no luck");
    assertThatThrownBy(() -> range(Empty.class))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("Empty gave no range");
  }

  @ParameterizedTest
  @CsvSource({
    "nobody, there is no observer \"nobody\"",
    "java.lang.String, does not implement org.qat4j.calibration.OwnObserver",
    "Demanding, constructor without arguments"
  })
  void isRefusedWhereItIsNamed(String name, String message) {
    String by = name.equals("Demanding") ? HERE + name : name;
    assertThatThrownBy(() -> new RangeRule.Own(by))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(message);
  }
}
