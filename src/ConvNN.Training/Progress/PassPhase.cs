namespace ConvNN.Training.Progress;

/// <summary>What a pass is for: the attribute <c>phase</c> of what is measured.</summary>
internal enum PassPhase
{
    /// <summary>Steps that change weights.</summary>
    Train,

    /// <summary>Steps that only look.</summary>
    Test,
}
