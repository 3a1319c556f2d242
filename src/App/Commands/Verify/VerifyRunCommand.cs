using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Data;
using ConvNN.Data.Files;
using ConvNN.Kernels;
using ConvNN.Training;
using ConvNN.Training.Metrics;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Verify;

/// <summary>
/// <c>convnn verify RUN</c>: trains a run again from its <c>config.json</c>, on the same bytes of data, and compares the
/// weights after each epoch with its <c>history.csv</c>. Stops at the first epoch that differs. Writes no files.
/// </summary>
/// <param name="recorded">The run.</param>
/// <param name="sources">Where the configuration comes from: the run, and options for how this machine does the work.</param>
/// <param name="signals">Stops it.</param>
/// <param name="log">Where it reports events.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Measures the runs.</param>
internal sealed class VerifyRunCommand(
    RecordedRun recorded, ConfigurationSources sources, StopSignals signals, RunLog log, TimeProvider time, TrainingMeter meter) : ICommand
{
    private int Count => recorded.EpochHashes.Count;

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RunConfiguration> runs = VerifyPlan.Read(recorded, sources);
        if (recorded.Record.Ranks is > 1 and var ranks && !runs[0].Training.SharesSteps)
        {
            throw new RunFileException($"{recorded.Folder}: {ranks} ranks trained it with Cluster:LocalSteps, so its weights depend on their number, and verify has one process; start {ranks} ranks with --config {ResolvedConfiguration.Name} of the folder instead, and compare weights_sha256.");
        }

        if (Count == 0)
        {
            throw new RunFileException($"{recorded.Folder}: the run has no whole epoch ({How()}), so there is nothing to compare; take one that got further.");
        }

        RunReporter reporter = new(log, runs[0]);
        reporter.Start(recorded.Configuration.Name);
        RunMaterial material = await RunMaterial.LoadAsync(runs[0], new DownloadReporter(log, runs[0].Logging.Interval, time), cancellationToken);
        CheckDataset(material.Data);
        if (material.Start is { } start && recorded.Record.Weights is { } began && start.Sha256 != began.Sha256)
        {
            throw new RunFileException($"{start.Path}: has the SHA-256 {start.Sha256}, but the run began with {began.Sha256}; put that file back.");
        }

        reporter.Material(material);
        log.Write(Begin());
        foreach (RunConfiguration run in runs)
        {
            (EpochResult? last, TextEvent? difference) = await TrainAsync(run, material, cancellationToken);
            if (last is not null)
            {
                int workers = run.Pipeline.WorkersFor(run.Training.BatchSize);
                string kernels = Machine.NameOf(run.Pipeline.Kernels ?? KernelSet.BestTier);
                log.Write(new VerifyRunEvent(workers, kernels, last.Training.ImagesPerSecond, last.WeightsSha256) { IsChanging = run.Pipeline.ChangesThreads });
            }

            if (difference is not null)
            {
                log.Write(difference);
                RunRecord record = recorded.Record;
                throw new DifferenceException(
                    $"{recorded.Folder}: the weights after epoch {last!.Epoch} differ from those recorded: this program, runtime or machine computes otherwise than "
                    + $"{record.Version}, {record.Runtime} and {record.Kernels} on {record.Architecture} did, or a file of the run was changed; "
                    + $"{Invocation.Of($"verify {Invocation.Quoted(recorded.Folder)} --kernels auto,reference")} tells them apart.");
            }

            if (last?.Epoch != Count)
            {
                log.Write(TextEvent.Stopped(signals.Name, $"; {Epochs(last?.Epoch ?? 0)} of {Count} compared, and equal", last?.Epoch ?? 0, Count));
                return signals.ExitCode;
            }
        }

        log.Write(End());
        return ExitCode.Done;
    }

    private TextEvent Begin()
    {
        RunRecord record = recorded.Record;
        return new TextEvent(
            "recorded",
            $"{recorded.Folder:folder}: {Epochs(Count)}, {How()}; trained by {record.Version:version} with {record.Workers:workers} workers on {record.Kernels:kernels}",
            new Field("epochs", Count),
            new Field("outcome", record.Result.Outcome));
    }

    private TextEvent End()
    {
        string rest = recorded.IsDone ? "" : $"; what came after epoch {Count} is not compared, since the run was {How()}";
        return new TextEvent("reproduced", $"{Epochs(Count)} of {recorded.Folder:folder}, bit for bit{rest}", new Field("epochs", Count), new Field("outcome", recorded.Record.Result.Outcome));
    }

    /// <summary>Trains until all epochs to compare are done, or one differs.</summary>
    /// <returns>The last epoch, and its difference, if any.</returns>
    private async Task<(EpochResult? Last, TextEvent? Difference)> TrainAsync(RunConfiguration run, RunMaterial material, CancellationToken cancellationToken)
    {
        EpochResult? last = null;
        TextEvent? difference = null;
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Trainer trainer = new(material.Network, material.Data, run.Training, run.Pipeline) { Meter = meter };
        await trainer.RunAsync(Compare, enough.Token);
        return (last, difference);

        async Task Compare(EpochResult epoch)
        {
            last = epoch;
            string expected = recorded.EpochHashes[epoch.Epoch - 1];
            if (epoch.WeightsSha256 != expected)
            {
                difference = new TextEvent(
                    "differs",
                    $"epoch {epoch.Epoch:epoch} is the first that differs: it has the weights {epoch.WeightsSha256:weights_sha256}, {recorded.Folder:folder} has {expected:expected_sha256}");
            }

            if (difference is not null || epoch.Epoch == Count)
            {
                await enough.CancelAsync();
            }
        }
    }

    private void CheckDataset(DatasetPair data)
    {
        DatasetRecord found = DatasetRecord.Of(data);
        if (recorded.Record.Dataset.FirstDifference(found) is { } file)
        {
            throw new DatasetException(
                $"{data.Source}: {file} have the SHA-256 {found.Sha256.GetValueOrDefault(file)}, but {recorded.Folder} was trained on {recorded.Record.Dataset.Name} "
                + $"with {recorded.Record.Dataset.Sha256.GetValueOrDefault(file)}; name the folder of that dataset with --data-dir.");
        }
    }

    private string How() => recorded.Record.Result switch
    {
        { Outcome: ResultRecord.Done } => "all that it has",
        { Outcome: ResultRecord.Stopped, StoppedBy: var signal } => $"stopped by {signal}",
        { Outcome: ResultRecord.Failed, ExitCode: var code } => $"ended by a fault, exit code {code}",
        { Outcome: ResultRecord.Interrupted } => "killed",
        _ => "still running",
    };

    private static string Epochs(int count) => $"{count} epoch{(count == 1 ? "" : "s")}";
}
