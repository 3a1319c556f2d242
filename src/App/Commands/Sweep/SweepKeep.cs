namespace ConvNN.App.Commands.Sweep;

/// <summary>Which finished trials of a sweep leave a run folder.</summary>
internal enum SweepKeep
{
    /// <summary>None; each leaves the configuration that trains it again.</summary>
    None,

    /// <summary>The best one, see <see cref="BestTrial"/>.</summary>
    Best,

    /// <summary>All of them.</summary>
    All,
}
