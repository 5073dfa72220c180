package org.qat4j.layers.internal.quantized;

import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.recurrent.BaseRecurrentLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.codes.RecurrentCodes;
import org.qat4j.layers.internal.fast.Maskable;
import org.qat4j.layers.internal.fast.RecurrentPass;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.layers.internal.quantizing.WeightQuantization.Layout;
import org.qat4j.layers.internal.quantizing.WeightShape;
import org.qat4j.numerics.QuantParams;
import org.qat4j.quantizer.Ste;

/**
 * Computes {@link QatLstm}, {@link QatGravesLstm} and {@link QatSimpleRnn}. DL4J's own loop does
 * not let anything between two steps, where the state is rounded; this one does. At steps that
 * {@link #setMaskArray} masks, as MaskZeroLayer and LastTimeStep do, state and cell are 0. A mask
 * that comes with the features masks a SimpleRnn, but not an LSTM, which goes through padding as
 * through any step: so it is in DL4J, unless it is {@link Maskable}.
 */
@SuppressWarnings("deprecation") // GravesLSTM, which old models are full of
final class RecurrentImpl
    extends BaseRecurrentLayer<org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer>
    implements QatLayer {
  private static final long serialVersionUID = 1L;

  private static final String STATE = "prevAct";
  private static final String CELL = "prevMem";

  private final transient LayerQuantizer quantizer;
  private final transient RecurrentPass pass;

  /** Which steps of the input are no padding, for the observers; or null. */
  private transient INDArray inputMask;

  RecurrentImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
    AbstractLSTM lstm = layerConf() instanceof AbstractLSTM l ? l : null;
    quantizer = new LayerQuantizer(this);
    ((QatLayerConf) layerConf())
        .weightShapes()
        .forEach((key, shape) -> quantizer.weights().add(key, Layout.BY_CHANNEL, shape.rows()));
    IActivation gate = lstm == null ? null : lstm.getGateActivationFn();
    IActivation activation = layerConf().getActivationFn();
    pass =
        lstm instanceof GravesLSTM
            ? RecurrentPass.withPeepholes(gate, activation)
            : RecurrentPass.of(gate, activation, type);
  }

  static Map<String, WeightShape> weightShapes(long rows, FeedForwardLayer conf) {
    return weightShapes(rows, rows, conf);
  }

  /**
   * Shapes of weights.
   *
   * @param stateRows of what reads the state, with one for each peephole
   */
  static Map<String, WeightShape> weightShapes(long rows, long stateRows, FeedForwardLayer conf) {
    return new TreeMap<>(
        Map.of(
            RecurrentPass.WEIGHTS, new WeightShape(rows, conf.getNIn()),
            RecurrentPass.RECURRENT, new WeightShape(stateRows, conf.getNOut())));
  }

  @Override
  public LayerQuantizer quantizer() {
    return quantizer;
  }

  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr workspaces) {
    super.setInput(input, workspaces);
    quantizer.pass().newInput();
  }

  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArray(
      INDArray mask, MaskState state, int minibatchSize) {
    setMaskArray(mask);
    if (layerConf() instanceof AbstractLSTM lstm && !Maskable.leavesOut(lstm)) {
      super.setMaskArray(null);
    }
    return new Pair<>(mask, MaskState.Passthrough);
  }

  @Override
  public void setMaskArray(INDArray mask) {
    super.setMaskArray(mask);
    inputMask = mask;
    quantizer.pass().setMask(mask);
  }

  @Override
  public void clear() {
    super.clear();
    inputMask = null;
    quantizer.pass().setMask(null);
  }

  @Override
  public INDArray getParam(String key) {
    return quantizer.pass().param(key, super.getParam(key));
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    return run(Map.of(), null, training, workspaces);
  }

  @Override
  public INDArray rnnTimeStep(INDArray x, LayerWorkspaceMgr workspaces) {
    setInput(x, workspaces);
    return run(stateMap, stateMap, false, workspaces);
  }

  @Override
  public INDArray rnnActivateUsingStoredState(
      INDArray x, boolean training, boolean store, LayerWorkspaceMgr workspaces) {
    setInput(x, workspaces);
    return run(tBpttStateMap, store ? tBpttStateMap : null, training, workspaces);
  }

  /**
   * All steps.
   *
   * @param from state and cell before the first step, where they are in it
   * @param to takes those after the last; or null
   */
  private INDArray run(
      Map<String, INDArray> from,
      Map<String, INDArray> to,
      boolean training,
      LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray state = from.get(STATE);
    INDArray cell = from.get(CELL);
    if (quantizer.pass().integer(training)) {
      RecurrentCodes.Run codes = RecurrentCodes.of(quantizer).run(input, maskArray, state, cell);
      keep(to, codes.state(), codes.cell());
      return workspaces.leverageTo(ArrayType.ACTIVATIONS, codes.output());
    }
    input = quantizer.pass().begin(input, inputMask, training, workspaces);
    applyDropOutIfNecessary(training, workspaces);
    boolean rounded = quantizer.pass().fake(training) && quantizer.scales().hasRange(Slot.OUTPUT);
    QuantParams rounding = rounded ? quantizer.scales().of(Slot.OUTPUT) : null;
    INDArray output =
        quantizer
            .pass()
            .withWeights(
                training,
                () ->
                    pass.forward(
                        input,
                        getParam(RecurrentPass.WEIGHTS),
                        getParam(RecurrentPass.RECURRENT),
                        getParam(RecurrentPass.BIAS),
                        state,
                        cell,
                        maskArray,
                        rounding));
    if (quantizer.pass().observing()) {
      quantizer.pass().observe(Slot.OUTPUT, pass.exactStates());
      if (pass.hasCell()) {
        quantizer.pass().observe(Slot.CELL, pass.cells());
      }
    }
    keep(to, pass.lastState(), pass.lastCell());
    return workspaces.dup(ArrayType.ACTIVATIONS, quantizer.pass().compared(output, training), 'f');
  }

  private static void keep(Map<String, INDArray> to, INDArray state, INDArray cell) {
    if (to != null) {
      to.put(STATE, state);
      if (cell != null) {
        to.put(CELL, cell);
      }
    }
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return tbpttBackpropGradient(epsilon, -1, workspaces);
  }

  @Override
  public Pair<Gradient, INDArray> tbpttBackpropGradient(
      INDArray epsilon, int steps, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    boolean plain = quantizer.settings().spec().activations().ste() == Ste.PLAIN;
    return quantizer
        .pass()
        .backward(
            workspaces,
            () -> {
              Gradient gradient = RecurrentPass.noGradient(gradientsFlattened, gradientViews);
              INDArray below =
                  pass.backward(
                      quantizer.pass().taught(epsilon, workspaces),
                      getParam(RecurrentPass.WEIGHTS),
                      getParam(RecurrentPass.RECURRENT),
                      gradient.gradientForVariable(),
                      steps,
                      plain,
                      workspaces);
              weightNoiseParams.clear();
              return new Pair<>(gradient, backpropDropOutIfPresent(below));
            });
  }

  @Override
  public Type type() {
    return Type.RECURRENT;
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }
}
