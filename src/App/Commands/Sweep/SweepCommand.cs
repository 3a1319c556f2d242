using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Data.Cache;
using ConvNN.Data.Download;
using ConvNN.Data.Files;
using ConvNN.Kernels;
using ConvNN.Model;
using ConvNN.Model.Options;
using ConvNN.Training.Cluster;
using ConvNN.Training.Metrics;
using static ConvNN.App.Output.Figures;

namespace ConvNN.App.Commands.Sweep;

/// <summary><c>convnn sweep</c> and <c>convnn leaderboard</c>: many trials, each with a row in <c>sweep.csv</c>, and a table.</summary>
/// <param name="request">The trials, and how they run.</param>
/// <param name="signals">Stops it.</param>
/// <param name="output">Where it prints text that is not part of the log.</param>
/// <param name="log">Where it reports events.</param>
/// <param name="time">The clock.</param>
/// <param name="meter">Measures the runs.</param>
/// <param name="job">The job that this process is a rank of, if any: its ranks share the trials. Rank 0 writes, the others are silent.</param>
/// <param name="cluster">What connects the ranks; null for what the job starts.</param>
internal sealed class SweepCommand(
    SweepRequest request, StopSignals signals, LineWriter output, RunLog log, TimeProvider time, TrainingMeter meter, Job? job = null, ICommunicator? cluster = null) : IRankCommand
{
    private readonly SweepTrials _left = new(request.Folder, log, time);

    private bool IsAlone => request.Parallel is null;

    /// <inheritdoc/>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        SweepTrial first = request.Plan.Trials[0];
        log.Format = first.Run.Logging.Format;
        if (request.IsTableOnly && job is { IsFirst: false })
        {
            return ExitCode.Done;
        }

        ICommunicator? ranks = request.IsTableOnly ? null : cluster ?? job?.Start(first.Run.Cluster)?.Communicator;
        bool isHelper = ranks is { Rank: > 0 };
        if (request.IsJson || request.IsMarkdown || request.IsCsv || isHelper)
        {
            log.IsShown = _ => false;
        }

        string[] files = [.. request.Plan.Trials.Select(trial => trial.Sources.File.Name).Distinct()];
        log.Write(new StartEvent("sweep", files.Length == 1 ? files[0] : Untied(Plural(files.Length, "configuration")), Machine.NameOf(first.Run.Pipeline.Kernels ?? KernelSet.BestTier)));
        if (request.Plan.Keys.Count > 0 && request.Plan.Trials.Any(trial => trial.Run.Data.Validation is null))
        {
            log.Write(TextEvent.Warning("the best values would be chosen by the test images, on which they then look better than they are; hold out validation images: --set Data:Validation=0.1"));
        }

        if (request.IsTableOnly)
        {
            IReadOnlyList<SweepResult> there = SweepResult.Of(SweepFile.ReadAll(request.Folder));
            Print(new SweepTable(there.Count > 0 ? there : Unbegun()));
            return ExitCode.Done;
        }

        (IReadOnlyList<PreparedTrial> trials, IReadOnlyList<(SweepTrial Trial, ConvNNException Fault)> missing) = await PrepareAsync(cancellationToken);
        PreparedTrial[] all = [.. trials.Where(trial => request.Part.Has(trial.Trial.Number))];
        SweepHandshake? handshake = ranks is null ? null : Meet(ranks, trials);
        if (isHelper)
        {
            await HelpAsync(ranks!, all, cancellationToken);
            return signals.ExitCode;
        }

        (int? stopped, IReadOnlyList<TrialRow> rows) = await TrainAsync(all, ranks, handshake, cancellationToken);
        if (stopped is { } rowed)
        {
            log.Write(TextEvent.Stopped(signals.Name, $": {rowed} of {all.Length} trials have their rows in {Path.Combine(request.Folder, request.Part.FileName)}; the same command runs the others", rowed, all.Length));
        }

        SweepTable table = new(SweepResult.Of(trials, rows));
        Print(table);
        TellBest(all, rows);
        if (stopped is not null)
        {
            log.Write(TextEvent.Resume(Invocation.Again));
            return signals.ExitCode;
        }

        // Other jobs run the trials of other parts.
        HashSet<string> mine = [.. all.Select(trial => trial.Begun.Identity)];
        TrialRow[] failed = [.. table.Results.SelectMany(result => result.Rows).OfType<TrialRow>().Where(row => !row.HasResult && mine.Contains(row.Identity))];
        (string Name, string? Fault, int ExitCode)[] faults =
        [
            .. missing.Where(trial => request.Part.Has(trial.Trial.Number)).Select(trial => (trial.Trial.ToString(), (string?)trial.Fault.Message, Fault.Of(trial.Fault).ExitCode)),
            .. failed.Select(row => (Named(row), row.Fault, row.ExitCode)),
        ];
        return faults is not [(string name, string fault, int exitCode), ..]
            ? ExitCode.Done
            : throw new SweepException(
                Untied($"{Plural(faults.Length, "trial")} of {mine.Count + faults.Length - failed.Length:N0} failed, the others have their rows; the first is {name}: {fault}"),
                exitCode);
    }

    /// <summary>Makes sure that all ranks have the same trials.</summary>
    private SweepHandshake Meet(ICommunicator ranks, IReadOnlyList<PreparedTrial> trials)
    {
        SweepHandshake handshake = SweepHandshake.Of(ranks, request, trials);

        // Until here, ranks have read their data, some of them slowly.
        ranks.Deadline = request.Plan.Trials[0].Run.Cluster.Deadline;
        if (job?.Library is { } library)
        {
            log.Write(ClusterEvents.Of(library, job.Hosts, [.. handshake.Slots.Select(slots => $"{(IsAlone ? trials.Max(trial => trial.Begun.Workers) : slots)}")]));
        }

        if (IsAlone && handshake.SharesMachine)
        {
            log.Write(TextEvent.Warning("ranks on one machine train side by side, so the times of --alone are not those of a trial alone; start one rank on each machine"));
        }

        return handshake;
    }

    /// <summary>Trains the trials here and on the other ranks.</summary>
    private async Task<(int? Stopped, IReadOnlyList<TrialRow> Rows)> TrainAsync(
        IReadOnlyList<PreparedTrial> trials, ICommunicator? ranks, SweepHandshake? handshake, CancellationToken cancellationToken)
    {
        await using SweepRanks? others = handshake is null ? null : new SweepRanks(ranks!, handshake.Slots, _left, signals, time);
        SweepTraining training = new(handshake is null || IsAlone ? request : request with { Parallel = handshake.Slots[0] }, trials, others, _left, log, meter);
        return (await training.RunAsync(cancellationToken), training.Rows);
    }

    /// <summary>Trains what rank 0 hands over.</summary>
    private async Task HelpAsync(ICommunicator ranks, IReadOnlyList<PreparedTrial> trials, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("convnn-sweep-");
        try
        {
            SweepTrials left = new(folder.FullName, log, time);
            using SweepRank rank = new(ranks, trials, left, new SweepRunner(request, Halving.Of(request, trials), left, meter), time, cancellationToken);
            await rank.RunAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The results of a sweep without rows.</summary>
    private IReadOnlyList<SweepResult> Unbegun() =>
    [
        .. request.Plan.Trials.GroupBy(trial => (trial.Name, Point: trial.Point.ToString()))
            .Select(group => new SweepResult(group.Key.Name, group.First().Point, [.. group.Select(_ => (TrialRow?)null)])),
    ];

    private static string Named(TrialRow row) =>
        string.Join(' ', [row.Configuration, .. row.Varied.Select(pair => $"{Variation.ShortKeyOf(pair.Key)}={pair.Value}"), $"seed {row.Seed}"]);

    /// <summary>
    /// Reads the datasets and checks every trial. A faulty configuration without varied keys ends the sweep before it begins;
    /// a faulty point of a grid gets a row that says so. A dataset that is missing costs its own trials only.
    /// </summary>
    private async Task<(IReadOnlyList<PreparedTrial> Trials, IReadOnlyList<(SweepTrial Trial, ConvNNException Fault)> Missing)> PrepareAsync(CancellationToken cancellationToken)
    {
        SweepData data = new(log, time);
        List<PreparedTrial> trials = [];
        List<(SweepTrial Trial, ConvNNException Fault)> missing = [];
        foreach (SweepTrial trial in request.Plan.Trials)
        {
            try
            {
                trials.Add(PreparedTrial.Of(trial, await data.LoadAsync(trial.Run, cancellationToken), IsAlone));
            }
            catch (Exception fault) when (fault is DatasetException or DownloadException or CacheException)
            {
                missing.Add((trial, (ConvNNException)fault));
            }
        }

        if (trials.Count == 0)
        {
            throw missing[0].Fault;
        }

        foreach (string fault in missing.Select(trial => trial.Fault.Message).Distinct())
        {
            log.Write(TextEvent.Warning(fault));
        }

        Failure[] failures =
        [
            .. from trial in trials
               where trial.Fault is not null && trial.Trial.Point.Values.Count == 0
               from failure in trial.Fault is ConfigurationException wrong ? wrong.Failures : [new Failure("", trial.Fault!.Message)]
               select failure with { Text = $"{trial.Trial.Sources.File.Name}: {failure.Text}" },
        ];
        if (failures.Length > 0)
        {
            throw new ConfigurationException([.. failures.Distinct()]);
        }

        if (request.IsHalving && trials.Any(trial => trial is { Fault: null, HasValidation: false }))
        {
            throw new ConfigurationException(Failure.At(
                "Data:Validation",
                "holds out no images, but --halving stops trials by their validation accuracy; name a share or a number, such as 0.1."));
        }

        return (trials, missing);
    }

    /// <summary>Where the best trial is, or how to train it again. Accuracies on different datasets are not compared.</summary>
    private void TellBest(PreparedTrial[] trials, IReadOnlyList<TrialRow> rows)
    {
        if (trials.Length > 1 && trials.DistinctBy(trial => trial.Data.Name).Count() == 1 && BestTrial.Of(trials, rows) is { } best)
        {
            string folder = request.Folder == SweepCommands.DefaultFolder ? "" : $" --output {Invocation.Quoted(request.Folder)}";
            string there = _left.IsKept(best.Row) ? _left.RunOf(best.Row) : Invocation.Of($"sweep --train {SweepTrials.NameOf(best.Row)}{folder}");
            log.Write(new TextEvent(
                "best",
                $"{best.Trial.Trial}: {there}",
                new("trial", $"{best.Trial.Trial}"),
                new("weights_sha256", best.Row.WeightsSha256),
                new(_left.IsKept(best.Row) ? "folder" : "command", there)));
        }
    }

    private void Print(SweepTable table)
    {
        log.Write(new SweepTableEvent(table));
        IEnumerable<string> lines = request.IsJson ? SweepJson.Of(table.Results).Split('\n')
            : request.IsMarkdown ? table.Markdown()
            : request.IsCsv ? SweepCsv.Lines(table)
            : [];
        foreach (string line in lines)
        {
            output.Write(line);
        }
    }
}
