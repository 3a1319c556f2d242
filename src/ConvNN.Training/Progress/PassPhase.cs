namespace ConvNN.Training.Progress;

/// <summary>The purpose of a pass: the attribute <c>phase</c> of all measurements.</summary>
internal enum PassPhase
{
    /// <summary>Steps that change weights.</summary>
    Train,

    /// <summary>Steps that only evaluate.</summary>
    Test,
}
