package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qat4j.layertable.LayerCase.SUBJECT;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.Equivalents;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Mode;
import org.qat4j.quantizer.Schedule;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.RuntimeOptions;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;
import org.qat4j.verify.Verifier;
import org.qat4j.verify.VerifyReport;

/** A column of docs/layers.md: what is asked of every layer, and how it is proved. */
enum Property {
  /**
   * Before fake quantization starts a prepared network is smooth: its gradients are those of finite
   * differences, in double precision, in the layer and in those below it.
   */
  GRADIENT("gradient") {
    @Override
    String prove(LayerCase c, Path folder) {
      QuantSpec spec = QuantSpec.int8().withSchedule(Schedule.of(1_000_000, 1_000_000));
      Model network = Qat.prepare(c.create(DataType.DOUBLE), spec).network();
      for (Layer layer : Both.layers(network)) {
        layer.conf().getLayer().setIDropout(null);
      }
      MultiDataSet batch = c.data().draw(new Random(5), EXAMPLES, DataType.DOUBLE);
      Both.score(network, batch);
      INDArray gradient = network.gradient().gradient().dup();
      SoftAssertions softly = new SoftAssertions();
      int at = 0;
      int checked = 0;
      for (Map.Entry<String, INDArray> param : Both.params(network).entrySet()) {
        int n = (int) param.getValue().length();
        boolean learned = !param.getKey().contains("quant") && !isStatistic(param.getKey());
        for (int i = 0; learned && i < n; i += Math.max(1, n / 5)) {
          double expected = byDifferences(network, batch, at + i);
          double actual = gradient.getDouble(at + i) / EXAMPLES;
          softly
              .assertThat(Math.abs(actual - expected))
              .as("%s[%s]: %s, by differences %s", param.getKey(), i, actual, expected)
              .isLessThan(1e-7 + 1e-4 * Math.abs(expected));
          checked++;
        }
        at += n;
      }
      softly.assertAll();
      assertThat(checked).isGreaterThan(10);
      return "yes";
    }
  },

  /** JSON and zip with the state of the updater: what was loaded trains on to the same bits. */
  SAVED("saved") {
    @Override
    String prove(LayerCase c, Path folder) throws IOException {
      QatNetwork qat = prepare(c, 8);
      train(c, qat.network(), 2);
      File file = folder.resolve(c.layer().replaceAll("\\W", "") + ".zip").toFile();
      Model loaded = Both.throughFile(qat.network(), file);
      assertThat(Both.confs(loaded)).isEqualTo(Both.confs(qat.network()));
      train(c, loaded, 3);
      train(c, qat.network(), 3);
      assertThat(loaded.params()).isEqualTo(qat.network().params());
      return "yes";
    }
  },

  /** A trained float network gives its weights, and gets them back. */
  CONVERTED("converted") {
    @Override
    String prove(LayerCase c, Path folder) {
      Model network = c.create(DataType.FLOAT);
      train(c, network, 2);
      MultiDataSet batch = c.data().draw(new Random(3), EXAMPLES, DataType.FLOAT);
      INDArray expected = Both.output(network, batch).dup();
      QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
      qat.setMode(Mode.FLOAT);
      assertThat(Both.output(qat.network(), batch)).isEqualTo(expected);
      Model back = qat.toFloat();
      assertThat(Both.json(back)).doesNotContain("qat4j.layers.Qat");
      assertThat(back.params()).isEqualTo(Equivalents.of(network).params());
      assertThat(Both.output(back, batch)).isEqualTo(expected);
      return "yes";
    }
  },

  /** Ranges are found from data, and what the network answers with 8 bits is near to float. */
  CALIBRATED("calibrated") {
    @Override
    String prove(LayerCase c, Path folder) {
      Model network = c.create(DataType.FLOAT);
      train(c, network, 3);
      QatNetwork qat = calibrated(c, network, 8);
      MultiDataSet batch = c.data().draw(new Random(1), EXAMPLES, DataType.FLOAT);
      INDArray there = Both.output(network, batch);
      INDArray difference = Transforms.abs(Both.output(qat.network(), batch).sub(there));
      double span = there.maxNumber().doubleValue() - there.minNumber().doubleValue();
      assertThat(difference.meanNumber().doubleValue()).isLessThan(0.03 * span);
      return "yes";
    }
  },

  /** The frozen model, in plain loops and in the fast runtime with each of its kernels. */
  INTEGER("integer model") {
    @Override
    String prove(LayerCase c, Path folder) {
      IntegerModel model = frozen(c);
      ReferenceRuntime reference = new ReferenceRuntime(model);
      RuntimeOptions defaults = RuntimeOptions.defaults();
      IntegerRuntime fast = new IntegerRuntime(model);
      IntegerRuntime scalar =
          new IntegerRuntime(model, defaults.withKernel(RuntimeOptions.Kernel.SCALAR));
      for (Sample sample : samples(c, model, 20)) {
        float[] expected = reference.run(sample);
        assertThat(fast.run(sample)).isEqualTo(expected);
        assertThat(scalar.run(sample)).isEqualTo(expected);
      }
      List<String> ops = new ArrayList<>();
      for (Op op : model.ops()) {
        if (isSubject(op.name())) {
          ops.add(op.getClass().getSimpleName());
        }
      }
      return text(ops);
    }
  },

  /** What the operations become in ONNX, without those that only move values. */
  ONNX("ONNX") {
    @Override
    String prove(LayerCase c, Path folder) throws IOException {
      byte[] onnx = OnnxExporter.toBytes(frozen(c), OnnxOptions.DEFAULT);
      List<String> operators = new ArrayList<>();
      for (NodeProto node : ModelProto.parseFrom(onnx).getGraph().getNodeList()) {
        if (isSubject(node.getName())) {
          operators.add(node.getOpType());
        }
      }
      return text(operators);
    }
  },

  /** Trained, frozen, and every value compared: network, Java, ONNX Runtime; both network types. */
  VERIFIED("verify") {
    @Override
    String prove(LayerCase c, Path folder) {
      boolean exact = verify(c, trained(c, 8));
      QatNetwork low = trained(c, 4);
      exact &=
          verify(
              c,
              low.network() instanceof MultiLayerNetwork net
                  ? Qat.resume(net.toComputationGraph())
                  : low);
      return exact ? "exact" : "within tolerance";
    }

    private QatNetwork trained(LayerCase c, int bits) {
      QatNetwork qat = prepare(c, bits);
      train(c, qat.network(), 3);
      return qat;
    }

    private boolean verify(LayerCase c, QatNetwork qat) {
      IntegerModel model = freeze(c, qat);
      VerifyReport report =
          Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples(c, model, 30)).requireExact();
      assertThat(report.layers())
          .filteredOn(layer -> layer.qatValues() > 0)
          .anySatisfy(layer -> assertThat(layer.name()).isNotEmpty());
      return report.exact();
    }
  };

  private static final int EXAMPLES = 6;
  private static final double STEP = 1e-6;
  private static final Map<LayerCase, IntegerModel> FROZEN = new ConcurrentHashMap<>();

  private final String title;

  Property(String title) {
    this.title = title;
  }

  /** Head of the column. */
  String title() {
    return title;
  }

  /**
   * Proves it for a layer.
   *
   * @param folder for temporary files
   * @return what the table says
   */
  abstract String prove(LayerCase c, Path folder) throws IOException;

  private static double byDifferences(Model network, MultiDataSet batch, int at) {
    double there = network.params().getDouble(at);
    network.params().putScalar(at, there + STEP);
    double up = Both.score(network, batch);
    network.params().putScalar(at, there - STEP);
    double down = Both.score(network, batch);
    network.params().putScalar(at, there);
    return (up - down) / (2 * STEP);
  }

  /** Running statistics of a batch normalization, which no gradient moves. */
  private static boolean isStatistic(String key) {
    return key.endsWith("_mean") || key.endsWith("_var") || key.endsWith("_log10stdev");
  }

  private static QatNetwork prepare(LayerCase c, int bits) {
    return calibrated(c, c.create(DataType.FLOAT), bits);
  }

  private static QatNetwork calibrated(LayerCase c, Model network, int bits) {
    QatNetwork qat = Qat.prepare(network, QuantSpec.of(LayerSpec.of(bits, bits)));
    MultiDataSet[] sets = new MultiDataSet[3];
    Random random = new Random(1);
    for (int i = 0; i < sets.length; i++) {
      sets[i] = c.data().draw(random, 8, DataType.FLOAT);
    }
    qat.calibrate(
        new IteratorMultiDataSetIterator(
            List.<org.nd4j.linalg.dataset.api.MultiDataSet>of(sets).iterator(), 8),
        sets.length);
    return qat;
  }

  private static void train(LayerCase c, Model network, int steps) {
    Random random = new Random(steps);
    Nd4j.getRandom().setSeed(11);
    for (int i = 0; i < steps; i++) {
      Both.fit(network, c.data().draw(random, 8, DataType.FLOAT));
    }
  }

  /** Calibrated with 8 bits; made once. */
  private static IntegerModel frozen(LayerCase c) {
    return FROZEN.computeIfAbsent(c, x -> freeze(x, prepare(x, 8)));
  }

  private static IntegerModel freeze(LayerCase c, QatNetwork qat) {
    MultiDataSet batch = c.data().draw(new Random(2), 4, DataType.FLOAT);
    return qat.freeze(FreezeInfo.named("model"), batch.getFeatures());
  }

  private static List<Sample> samples(LayerCase c, IntegerModel model, int n) {
    MultiDataSet batch = c.data().draw(new Random(7), n, DataType.FLOAT);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      samples.add(SampleArrays.of(model, i, batch.getFeatures()));
    }
    return samples;
  }

  private static boolean isSubject(String name) {
    return name.equals(SUBJECT) || name.startsWith(SUBJECT + "/");
  }

  private static String text(Collection<String> found) {
    return found.isEmpty() ? "codes pass" : String.join(", ", new LinkedHashSet<>(found));
  }
}
