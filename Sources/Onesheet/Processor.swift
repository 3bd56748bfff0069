import CVector

/// The machine that the program runs on.
public enum Processor {
  /// Whether it has the instructions that the program was compiled for. If not, rendering would end in an illegal
  /// instruction.
  public static var suffices: Bool { onesheet_processor_suffices() != 0 }
}
