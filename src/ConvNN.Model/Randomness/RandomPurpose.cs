namespace ConvNN.Model.Randomness;

/// <summary>What a <see cref="RandomStream"/> is drawn for; two purposes never share a number. The values are part of every published hash.</summary>
public enum RandomPurpose
{
    /// <summary>The weights before the first step.</summary>
    Initialization = 1,

    /// <summary>The order of the training samples in an epoch.</summary>
    Shuffle = 2,

    /// <summary>Which units are dropped.</summary>
    Dropout = 3,

    /// <summary>Which training images are kept apart for validation.</summary>
    Split = 16,

    /// <summary>How a training image is changed in an epoch.</summary>
    Augmentation = 17,

    /// <summary>Which points of a grid of configurations are tried.</summary>
    Sweep = 32,
}
