namespace ConvNN.Model.Checking;

/// <summary>A sample in double precision, and what its random numbers are drawn by.</summary>
/// <param name="Label">Its class.</param>
/// <param name="Index">Its index in the dataset.</param>
/// <param name="Inputs">The input of each layer, with the weights as they are; the first is the image.</param>
internal sealed record CheckedSample(int Label, int Index, double[][] Inputs)
{
    /// <summary>Whether dropout and the like are on.</summary>
    public required bool IsTraining { get; init; }

    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Whether single and double precision took the same branches; if not, it stands on a kink and is left out.</summary>
    public bool IsSettled { get; set; } = true;
}
