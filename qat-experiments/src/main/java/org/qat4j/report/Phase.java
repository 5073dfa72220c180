package org.qat4j.report;

/** A part of a run whose time is reported, in the order of a run. */
public enum Phase {
  DATA("data", "reading data"),
  BASELINES("baselines", "baselines"),
  FLOAT_TRAINING("floatTraining", "float training"),
  CONTROL("control", "control training"),
  PRUNING("pruning", "pruning"),
  CALIBRATION("calibration", "calibration"),
  TUNING("tuning", "search of scales"),
  QAT("qat", "QAT"),
  FREEZE("freeze", "freezing and writing"),
  VERIFICATION("verification", "verification"),
  EVALUATION("evaluation", "evaluation");

  private final String key;
  private final String title;

  Phase(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** Name in JSON. */
  public String key() {
    return key;
  }

  /** Name for people. */
  public String title() {
    return title;
  }
}
