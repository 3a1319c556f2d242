using ConvNN.App.Configuration;

namespace ConvNN.App.Commands.Sweep;

/// <summary>One run of a sweep: a configuration at a point of the grid with a seed.</summary>
/// <param name="Number">Its index among all trials, from 0.</param>
/// <param name="Name">The name of the configuration: its key <c>Name</c>, or its file if several have the same name.</param>
/// <param name="Point">The varied values.</param>
/// <param name="Sources">Where its configuration comes from.</param>
/// <param name="Run">Its configuration.</param>
internal sealed record SweepTrial(int Number, string Name, SweepPoint Point, ConfigurationSources Sources, RunConfiguration Run)
{
    /// <summary>Its description in a line: <c>two-block LearningRate=0.1 seed 3</c>.</summary>
    public override string ToString() =>
        string.Join(' ', ((string[])[Name, Point.ToString(), $"seed {Run.Training.Seed}"]).Where(part => part.Length > 0));
}
