package org.qat4j.bench;

import java.util.List;
import java.util.function.ToLongFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxRunner;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.RuntimeOptions;
import org.qat4j.runtime.Sample;

/** One engine with its model. It answers batches of encoded texts. */
abstract class Engine implements AutoCloseable {
  private final String name;

  private Engine(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Answers a batch; something of the answer comes back, so that it must be computed. */
  abstract float answer(List<int[][]> batch);

  /** Called before each round. */
  void prepare() {}

  /** Memory for tables, in bytes. */
  long tableBytes() {
    return 0;
  }

  @Override
  public void close() {}

  /** Token ids of each input. */
  static int[][] encode(IntegerModel model, String text) {
    return model.inputs().stream()
        .map(
            input ->
                model.text().stream()
                    .filter(t -> t.input().equals(input.name()))
                    .findFirst()
                    .orElseThrow()
                    .encoder()
                    .encode(text))
        .toArray(int[][]::new);
  }

  /**
   * The integer runtime.
   *
   * @param cold begin every round with empty tables
   */
  static Engine java(
      String name, IntegerModel model, RuntimeOptions options, int threads, boolean cold) {
    return new Engine(name) {
      private IntegerRuntime runtime = new IntegerRuntime(model, options);

      @Override
      void prepare() {
        if (cold) {
          runtime = new IntegerRuntime(model, options);
        }
      }

      @Override
      float answer(List<int[][]> batch) {
        ToLongFunction<int[][]> classify = ids -> runtime.classify(Sample.ofTokens(ids));
        return threads == 1
            ? batch.stream().mapToLong(classify).sum()
            : batch.parallelStream().mapToLong(classify).sum();
      }

      @Override
      long tableBytes() {
        return runtime.tableBytes();
      }
    };
  }

  static Engine onnx(String name, IntegerModel model, byte[] file, int threads) {
    OnnxRunner runner = new OnnxRunner(model, file, threads);
    return new Engine(name) {
      @Override
      float answer(List<int[][]> batch) {
        return runner.run(batch.stream().map(Sample::ofTokens).toList())[0][0];
      }

      @Override
      public void close() {
        runner.close();
      }
    };
  }

  /** A DL4J network in evaluation. */
  static Engine dl4j(String name, Model network) {
    return new Engine(name) {
      @Override
      float answer(List<int[][]> batch) {
        int inputs = batch.get(0).length;
        INDArray[] features = new INDArray[inputs];
        for (int i = 0; i < inputs; i++) {
          int length = batch.get(0)[i].length;
          float[] ids = new float[batch.size() * length];
          for (int b = 0; b < batch.size(); b++) {
            for (int t = 0; t < length; t++) {
              ids[b * length + t] = batch.get(b)[i][t];
            }
          }
          features[i] = Nd4j.create(ids, new long[] {batch.size(), length}, 'c');
        }
        INDArray out =
            network instanceof ComputationGraph graph
                ? graph.outputSingle(features)
                : ((MultiLayerNetwork) network).output(features[0]);
        return out.getFloat(0);
      }
    };
  }

  /** From raw text to label, one after the other: the encoders included. */
  static Engine predictor(String name, IntegerModel model, List<String> texts) {
    Predictor predictor = new Predictor(model);
    return new Engine(name) {
      private int next;

      @Override
      void prepare() {
        next = 0;
      }

      @Override
      float answer(List<int[][]> batch) {
        float sum = 0;
        for (int i = 0; i < batch.size(); i++) {
          sum += predictor.predict(texts.get(next++ % texts.size())).probability();
        }
        return sum;
      }
    };
  }
}
