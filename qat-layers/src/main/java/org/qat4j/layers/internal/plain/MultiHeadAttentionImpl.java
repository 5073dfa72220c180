package org.qat4j.layers.internal.plain;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Broadcast;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.qat4j.layers.MultiHeadAttentionLayer;

/** Computes {@link MultiHeadAttentionLayer}. Arrays of heads are [n, heads, depth, t]. */
public final class MultiHeadAttentionImpl extends AbstractLayer<MultiHeadAttentionLayer> {
  private static final long serialVersionUID = 1L;

  /** Added to the scores of masked steps; their weight is 0 in float. */
  private static final double OUT_OF_SIGHT = -1e9;

  public MultiHeadAttentionImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray mixed = Nd4j.matmul(part(2), weights(part(0), part(1)), false, true, false);
    return workspaces.leverageTo(ArrayType.ACTIVATIONS, joined(mixed));
  }

  /** Queries (0), keys (1) or values (2) by heads. */
  private INDArray part(int which) {
    long channels = layerConf().channels(input.size(1));
    INDArray part = input.get(all(), interval(which * channels, (which + 1) * channels), all());
    return byHeads(part);
  }

  private INDArray byHeads(INDArray x) {
    int heads = layerConf().getHeads();
    return x.dup('c').reshape('c', x.size(0), heads, x.size(1) / heads, x.size(2));
  }

  /** [n, heads, depth, t] to [n, channels, t]. */
  private static INDArray joined(INDArray x) {
    return x.dup('c').reshape('c', x.size(0), x.size(1) * x.size(2), x.size(3));
  }

  /** How much each step looks at each, [n, heads, t, t]. */
  private INDArray weights(INDArray queries, INDArray keys) {
    INDArray scores = Nd4j.matmul(queries, keys, true, false, false);
    scores.muli(1 / Math.sqrt((double) keys.size(2)));
    if (maskArray != null) {
      INDArray hidden = maskArray.castTo(scores.dataType()).rsub(1).muli(OUT_OF_SIGHT);
      Broadcast.add(scores, hidden, scores, 0, 3);
    }
    if (layerConf().getPrefix() < scores.size(3)) {
      Broadcast.add(scores, ahead(scores), scores, 2, 3);
    }
    INDArray rows = scores.dup('c').reshape('c', scores.length() / scores.size(3), scores.size(3));
    return Transforms.softmax(rows, true).reshape('c', scores.shape());
  }

  /** What is added so that no step sees what is ahead of it, behind the prefix, [t, t]. */
  private INDArray ahead(INDArray scores) {
    int steps = (int) scores.size(3);
    double[] hidden = new double[steps * steps];
    for (int i = 0; i < steps; i++) {
      int seen = Math.min(steps, Math.max(layerConf().getPrefix(), i + 1));
      Arrays.fill(hidden, i * steps + seen, (i + 1) * steps, OUT_OF_SIGHT);
    }
    return Nd4j.create(hidden, new long[] {steps, steps}, 'c').castTo(scores.dataType());
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray queries = part(0);
    INDArray keys = part(1);
    INDArray values = part(2);
    INDArray p = weights(queries, keys);
    INDArray e = byHeads(epsilon);
    INDArray ofValues = Nd4j.matmul(e, p, false, false, false);
    INDArray ofScores = Nd4j.matmul(e, values, true, false, false).muli(p); // p·dp
    INDArray sums = ofScores.sum(true, 3);
    ofScores.subi(p.mul(sums)).muli(1 / Math.sqrt((double) keys.size(2)));
    INDArray ofQueries = Nd4j.matmul(keys, ofScores, false, true, false);
    INDArray ofKeys = Nd4j.matmul(queries, ofScores, false, false, false);
    INDArray below = Nd4j.concat(1, joined(ofQueries), joined(ofKeys), joined(ofValues));
    return new Pair<>(
        new DefaultGradient(), workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, below));
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {
    // There are no weights.
  }

  @Override
  public Type type() {
    return Type.RECURRENT;
  }
}
