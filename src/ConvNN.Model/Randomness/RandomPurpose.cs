namespace ConvNN.Model.Randomness;

/// <summary>
/// What a <see cref="RandomStream"/> is used for; two purposes never share a number. Every published hash depends on the
/// values.
/// </summary>
public enum RandomPurpose
{
    /// <summary>The weights before the first step.</summary>
    Initialization = 1,

    /// <summary>The order of the training samples in an epoch.</summary>
    Shuffle = 2,

    /// <summary>Which units are dropped.</summary>
    Dropout = 3,

    /// <summary>Which training images are held out for validation.</summary>
    Split = 16,

    /// <summary>How a training image is changed in an epoch.</summary>
    Augmentation = 17,

    /// <summary>Which points of a configuration grid are tried.</summary>
    Sweep = 32,

    /// <summary>On how many threads the next steps run, in a run that proves that it does not matter.</summary>
    Threads = 33,
}
