namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>A worker gave up its part of a step because another worker failed; the other failure is the one to report.</summary>
internal sealed class StepAbortedException : Exception;
