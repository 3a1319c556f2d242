namespace ConvNN.Model.Checking;

/// <summary>A sample in double precision, with the keys of its random numbers.</summary>
/// <param name="Label">Its class.</param>
/// <param name="Index">Its index in the dataset.</param>
/// <param name="Inputs">The input of each layer with unchanged weights; the first is the image.</param>
internal sealed record CheckedSample(int Label, int Index, double[][] Inputs)
{
    /// <summary>Whether dropout and the like are on.</summary>
    public required bool IsTraining { get; init; }

    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Whether single and double precision took the same branches; if not, the sample is on a kink and is skipped.</summary>
    public bool IsSettled { get; set; } = true;
}
