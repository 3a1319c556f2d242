namespace ConvNN.Training.Pipeline.OwnedRows;

/// <summary>A worker gave up its part of a step since another has failed, whose failure is the one to tell.</summary>
internal sealed class StepAbortedException : Exception;
