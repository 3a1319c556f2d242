using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Formats;
using ConvNN.Model.Networks;
using ConvNN.Training;

namespace ConvNN.App.Commands.Train;

/// <summary><c>convnn train --dry-run</c>: shows what a run would train and need, without training, downloading or writing.</summary>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="log">Where the plan is reported.</param>
internal sealed class DryRunCommand(ConfigurationSources sources, RunLog log) : ICommand
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        PlanReporter reporter = new(log, run);
        reporter.Start(sources);
        DatasetPreview data = await OwnPictures.LoadAsync(run, () => DatasetPreview.FindAsync(run.Data, cancellationToken));
        DatasetOutline wanted = RunMaterial.Wanted(run, data.Outline);
        Network network = Network.Build(wanted.Shape, run.Layers);
        OptionRules.Check(network, wanted, run.Training, run.Pipeline);
        StartingWeights? start = run.Weights is { } weights ? StartingWeights.Take(ModelLocation.Find(weights).Path, network) : null;
        reporter.Material(data, wanted, network, start);
        reporter.Plan(wanted, network);
        return ExitCode.Done;
    }
}
