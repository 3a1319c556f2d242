using System.Text;
using System.Text.Json;
using ConvNN.App.Configuration;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Live;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.App.Runs;
using ConvNN.Training;
using ConvNN.Training.Checkpoints;
using ConvNN.Training.Metrics;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.Supervision;
using ConvNN.Training.Progress;

namespace ConvNN.App.Commands.Train;

/// <summary><c>convnn train</c>: one run, from its configuration or a checkpoint to its summary.</summary>
/// <param name="request">Whether a run is resumed, and how much it logs.</param>
/// <param name="sources">Where the configuration comes from.</param>
/// <param name="signals">Stops it.</param>
/// <param name="log">Where it reports events.</param>
/// <param name="time">The clock, which also names the run's folder.</param>
/// <param name="meter">Measures the run.</param>
/// <param name="job">The job that this process is a rank of, if any.</param>
internal sealed class TrainCommand(
    TrainRequest request, ConfigurationSources sources, StopSignals signals, RunLog log, TimeProvider time, TrainingMeter meter, Job job) : IRankCommand
{
    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        RunConfiguration run = ConfigurationReader.Read(sources);
        if (job.Start(run.Cluster) is { } ranks)
        {
            // The folder of a run that resumes may be on the machine of the first rank alone.
            string first = request.IsResumed ? job.Share(Settings.Root.Write(run.ForOtherMachines()).ToJsonString()) : "";
            run = request.IsResumed && !job.IsFirst ? ConfigurationReader.Read(sources with { File = ConfigurationFile.Parse("rank 0", Encoding.UTF8.GetBytes(first)) }) : run;
            run = run with { Pipeline = run.Pipeline with { Ranks = ranks, NeedsWholeState = run.Checkpoints.IsWithinEpochs || run.Output.StepEvery > 0 } };
        }

        return job.IsFirst ? await LeadAsync(run, cancellationToken) : await FollowAsync(run, cancellationToken);
    }

    private async Task<int> LeadAsync(RunConfiguration run, CancellationToken cancellationToken)
    {
        log.BeginFile();
        log.Format = run.Logging.Format;
        await using LivePage? page = run.Dashboard.Port is null ? null : await LivePage.OpenAsync(run.Dashboard, log, signals, time);
        try
        {
            int exitCode = await RunAsync(run, page, cancellationToken);

            // Other ranks do not wait for somebody who looks at the page.
            job.End();
            await (page?.StayAsync() ?? Task.CompletedTask);
            return exitCode;
        }
        catch (Exception fault)
        {
            page?.Run.Failed(fault);
            throw;
        }
    }

    private async Task<int> RunAsync(RunConfiguration run, LivePage? page, CancellationToken cancellationToken)
    {
        RunReporter reporter = new(log, run) { IsVerbose = request.IsVerbose, Observer = page is null ? null : page.Run.Training };
        reporter.Start(sources.File.Name);
        if (run.Cluster.Engine == ClusterEngine.Mpi && job.Ranks is null)
        {
            log.Write(TextEvent.Warning("Cluster:Engine is mpi, but this process is the only rank; start several by a launcher, such as mpirun -n 2"));
        }

        if (request.FoundNone)
        {
            log.Write(TextEvent.Warning($"--resume auto found no run that can be resumed, so a new one begins."));
        }

        // A resumed run has its weights in the checkpoint: the file that it began with may be gone.
        RunMaterial material = await RunMaterial.LoadAsync(request.From is { StartsOver: false } ? run with { Weights = null } : run, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        reporter.Material(material);
        if (job.Ranks is not null)
        {
            log.Write(ClusterEvents.Of(job.Library!, job.Hosts, Meet(run, material)));
        }

        Trainer trainer = new(material.Network, material.Data, run.Training, run.Pipeline)
        {
            ProgressInterval = page is not null && reporter.ProgressInterval > LivePage.Interval ? LivePage.Interval : reporter.ProgressInterval,
            Meter = meter,
            InspectsLayers = request.IsVerbose || page is not null,
            KeepsPredictions = page is not null,
        };
        if (job.Ranks is not null && run.Training.SharesSteps)
        {
            log.Write(ClusterEvents.Of(await RankForecast.MeasureAsync(material.Network, material.Data, run.Training, run.Pipeline, cancellationToken), job.Ranks.Size));
        }

        (RunFolder folder, RunCheckpoints checkpoints) = Open(run, material);
        using RunFolder opened = folder;
        using RunCheckpoints held = checkpoints;
        if (checkpoints.From is { } from)
        {
            trainer.Resume(from);
        }

        trainer.Checkpoints = checkpoints.Checkpointer;
        folder.OpenLog(log);
        using StepsFile? steps = folder.OpenSteps(run.Output.StepEvery, checkpoints.From?.Manifest.Progress.Step ?? 0);
        if (steps is not null)
        {
            trainer.RecordSteps(run.Output.StepEvery, steps.Append);
            checkpoints.Checkpointer?.BeforeWrite = steps.Flush;
        }

        RunKeeper keeper = RunKeeper.Begin(folder, run, material, trainer.Model, checkpoints.From?.Manifest.Progress, time);
        using TensorBoardFile? board = run.Output.TensorBoard ? OpenBoard(folder, run, material, trainer, checkpoints.From?.Manifest.Progress.Step, keeper) : null;
        if (board is not null && steps is not null)
        {
            steps.Beside = board.Write;
        }

        reporter.Training(new PipelinePlan(material.Network, run.Training, run.Pipeline.For(material.Data.Outline)), folder.Path);
        reporter.ResumeAt(checkpoints.From);
        page?.Run.Begin(material.Network, material.Data, run.Training.Epochs, checkpoints.From?.Manifest.Progress.Epochs ?? []);

        CoreContention contention = new();
        Task reading = reporter.ReadAsync(trainer.Events);
        TrainingResult result;
        try
        {
            result = await trainer.RunAsync(
                async epoch =>
                {
                    contention.Look();
                    page?.Run.Take(trainer.Weights.Span);
                    await keeper.KeepAsync(epoch);
                    board?.Write(epoch);
                },
                cancellationToken);
            steps?.End();
            if (!result.IsStopped)
            {
                board?.End(trainer.Model);
            }
        }
        catch (DivergenceException fault)
        {
            throw keeper.Diverged(fault, checkpoints.Checkpointer?.LastGood);
        }
        catch (Exception fault)
        {
            keeper.Failed(fault);
            throw;
        }
        finally
        {
            await reading;
        }

        int exitCode = result.IsStopped ? signals.ExitCode : ExitCode.Done;
        keeper.End(result, signals.Name, exitCode);
        if (result is { IsStopped: true, Test: null, Epochs.Count: > 0 })
        {
            // The weights are saved, so a second signal loses nothing but this.
            result = result with { Test = await EvaluateAsync(trainer) };
            if (result.Test is { } test)
            {
                keeper.Measured(test);
            }
        }

        new RunSummary(log, run, material) { Contention = contention.Share }.Write(result, signals.Name, folder, checkpoints.Checkpointer?.Last);
        if (request.Expected is { } expected && !result.IsStopped)
        {
            log.Write(expected.Compare(result));
        }

        return exitCode;
    }

    /// <summary>A rank other than the first: it trains, and leaves log and files to the first.</summary>
    private async Task<int> FollowAsync(RunConfiguration run, CancellationToken cancellationToken)
    {
        // It gets its weights from the first rank.
        RunMaterial material = await RunMaterial.LoadAsync(run with { Weights = null }, new DownloadReporter(log, run.Logging.Interval, time), cancellationToken);
        Meet(run, material);
        Trainer trainer = new(material.Network, material.Data, run.Training, run.Pipeline) { Meter = meter };
        if (run.Training.SharesSteps)
        {
            _ = await RankForecast.MeasureAsync(material.Network, material.Data, run.Training, run.Pipeline, cancellationToken);
        }

        TrainingResult result = await trainer.RunAsync(cancellationToken: cancellationToken);
        if (result is { IsStopped: true, Test: null, Epochs.Count: > 0 })
        {
            await EvaluateAsync(trainer);
        }

        return result.IsStopped ? signals.ExitCode : ExitCode.Done;
    }

    /// <summary>Makes sure that all ranks compute the same, and collects the number of workers of each.</summary>
    private IReadOnlyList<string> Meet(RunConfiguration run, RunMaterial material)
    {
        RunIdentity identity = RunIdentities.Of(run, material);
        Dictionary<string, string> shared = new(identity.Configuration.Concat(identity.Dataset))
        {
            ["Training:Epochs"] = $"{run.Training.Epochs}",
            ["the program"] = Machine.Build,
        };
        PipelinePlan plan = new(material.Network, run.Training, run.Pipeline.For(material.Data.Outline));
        if (run.Training.SharesSteps)
        {
            shared["the exchange"] = JsonNamingPolicy.KebabCaseLower.ConvertName($"{plan.Exchange}");
        }

        return job.Meet(shared, $"{plan.Workers}", run.Cluster.Deadline);
    }

    private TensorBoardFile OpenBoard(RunFolder folder, RunConfiguration run, RunMaterial material, Trainer trainer, long? from, RunKeeper keeper)
    {
        try
        {
            return TensorBoardFile.Begin(folder.Path, run, material, trainer.Weights, trainer.StepsPerEpoch, from, time);
        }
        catch (OutputException fault)
        {
            keeper.Failed(fault);
            throw;
        }
    }

    private static async Task<TestResult?> EvaluateAsync(Trainer trainer)
    {
        try
        {
            return await trainer.EvaluateAsync();
        }
        catch (DivergenceException)
        {
            return null;
        }
    }

    /// <summary>Opens the run's folder and checkpoints. A resumed run locks its checkpoints first, before it changes the folder.</summary>
    private (RunFolder Folder, RunCheckpoints Checkpoints) Open(RunConfiguration run, RunMaterial material)
    {
        RunIdentity identity = RunIdentities.Of(run, material);
        if (request.From is { } point)
        {
            RunCheckpoints resumed = RunCheckpoints.Resume(point, request.AllowedChanges, run.Checkpoints, identity, log, time);
            return (RunFolder.Resume(point.Run, resumed.From?.Manifest.Progress.Epochs ?? []), resumed);
        }

        RunFolder folder = RunFolder.Create(run, time);
        try
        {
            return (folder, RunCheckpoints.Begin(folder.Path, run.Checkpoints, identity, log, time));
        }
        catch (CheckpointWriteException)
        {
            folder.Abandon();
            throw;
        }
    }
}
