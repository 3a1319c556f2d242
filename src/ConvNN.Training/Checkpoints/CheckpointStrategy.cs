namespace ConvNN.Training.Checkpoints;

/// <summary>When checkpoints are taken. Whichever it is, but for the first, one is taken at the end, too, and when a run is stopped.</summary>
public enum CheckpointStrategy
{
    /// <summary>Not at all.</summary>
    Never,

    /// <summary>After every n-th epoch.</summary>
    Epochs,

    /// <summary>After each n-th part of an epoch.</summary>
    Parts,

    /// <summary>After every n-th step.</summary>
    Steps,

    /// <summary>After the first step that ends n seconds after the one before.</summary>
    Seconds,

    /// <summary>After an epoch whose training accuracy is the best so far.</summary>
    BestTraining,

    /// <summary>After an epoch whose evaluation is the best so far: by the validation part, or the test part where there is none.</summary>
    BestValidation,
}
