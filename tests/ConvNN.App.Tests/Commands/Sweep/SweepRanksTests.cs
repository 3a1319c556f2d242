using System.Collections.Concurrent;
using ConvNN.App.Commands.Sweep;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Output;
using ConvNN.App.Tests.Configuration;
using ConvNN.Tests.Cluster;
using ConvNN.Training.Cluster;
using ConvNN.Training.Metrics;

namespace ConvNN.App.Tests.Commands.Sweep;

/// <summary>A sweep over ranks, as threads of one process.</summary>
public sealed class SweepRanksTests : IDisposable
{
    private const string Small = """{ "Data": { "Dataset": "sample", "Limit": 200, "Validation": 0.2 }, "Training": { "Epochs": 2 } }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, 1, 0)]
    [InlineData(3, 2, 1)]
    [InlineData(4, 1, 2)]
    public void Ranks_AnyNumber_GiveTheRowsOfOneProcessAndOnlyRank0Writes(int ranks, int parallel, int seed)
    {
        SweepRequest Request(string folder) => new(Plan(Small, "Training:LearningRate=0.05,1e6,0.1"), _folder[folder], SweepPart.Whole) { Parallel = parallel };
        Job alone = Run(Request("one"));

        Job job = Run(new ThreadJob(ranks, seed).Ranks.Select(rank => new Rank(rank, seed)), _ => Request("many"));

        Assert.Equal([ExitCode.Diverged], alone.ExitCodes);
        Assert.Equal([ExitCode.Diverged, .. Enumerable.Repeat(0, ranks - 1)], job.ExitCodes);
        Assert.Equal(6, Rows("many").Count);
        Assert.Equal(Summary("one"), Summary("many"));
        Assert.Equal(Files("one"), Files("many"));
        Assert.All(job.Outputs.Skip(1), Assert.Empty);
        Assert.Contains($" alone=false ranks={ranks}", job.Outputs[0], StringComparison.Ordinal);
        Assert.Equal(6, job.Outputs[0].Split(" trial configuration=").Length - 1);
    }

    [Fact]
    public void Ranks_Trials_AreTrainedOnEachRankTheLongestFirst()
    {
        SweepRequest request = new(Plan(Small, "Training:Epochs=1,2,3,4,5,6", seeds: [1]), _folder.Path, SweepPart.Whole) { Parallel = 1 };
        Rank[] ranks = [.. new ThreadJob(3).Ranks.Select(rank => new Rank(rank))];

        Run(ranks, _ => request);

        Assert.Equal(6, Rows("").Count);
        TrialMessage.Train[] first = [.. ranks[0].Sent.GroupBy(sent => sent.Rank).OrderBy(rank => rank.Key).Select(rank => rank.Select(sent => sent.Message).OfType<TrialMessage.Train>().First())];

        // Rank 0 itself has the sixth, of six epochs.
        Assert.Equal([4, 3], first.Select(train => train.Number));
    }

    /// <summary>All are on this machine, and share its cores if nobody says how many trials each trains at a time.</summary>
    [Theory]
    [InlineData(8, true, 2)]
    [InlineData(2, true, 1)]
    [InlineData(8, false, 8)]
    [InlineData(null, true, 1)]
    public void Handshake_RanksOnOneMachine_ShareItsCores(int? parallel, bool isByCores, int expected)
    {
        SweepRequest request = new(Plan(Small, "Training:Epochs=1,2"), "", SweepPart.Whole) { Parallel = parallel, IsByCores = isByCores };

        SweepHandshake[] all = new ThreadJob(4).Run(rank => SweepHandshake.Of(rank, request, []));

        Assert.All(all, rank => Assert.Equal(Enumerable.Repeat(expected, 4), rank.Slots));
        Assert.All(all, rank => Assert.True(rank.SharesMachine));
    }

    [Theory]
    [InlineData(SweepKeep.All)]
    [InlineData(SweepKeep.Best)]
    internal void Ranks_Halving_DecideAsOneProcessAndTrialsGoOnAnywhere(SweepKeep keep)
    {
        // The first two are hopeless.
        SweepRequest Request(string folder) => new(
            Plan("""{ "Data": { "Dataset": "sample", "Limit": 300, "Validation": 0.2 }, "Training": { "Epochs": 4 } }""", "Training:LearningRate=0.00001,0.0001,0.05,0.1", seeds: [1]),
            _folder[folder],
            SweepPart.Whole)
        {
            Parallel = 1,
            IsHalving = true,
            Keep = keep,
        };
        Run(Request("one"));

        Rank[] ranks = [.. new ThreadJob(3).Ranks.Select(rank => new Rank(rank))];
        Assert.Equal([0, 0, 0], Run(ranks, _ => Request("many")).ExitCodes);

        Assert.Equal(Summary("one"), Summary("many"));
        Assert.Equal(Files("one"), Files("many"));
        Assert.Contains(ranks[0].Sent, sent => sent.Message is TrialMessage.Train { Rung: > 0, Folder.Length: > 0 });
        Assert.Contains(ranks[0].Received, message => message is TrialMessage.Ended { Row.Status: TrialRow.Paused, Folder.Length: > 0 });
        foreach (string path in Files("one").Where(path => path.EndsWith("model.safetensors", StringComparison.Ordinal)))
        {
            Assert.Equal(File.ReadAllBytes(_folder["one/" + path]), File.ReadAllBytes(_folder["many/" + path]));
        }
    }

    [Fact]
    public void Ranks_OthersTrials_AreRefusedByAllWithTheirRanks()
    {
        SweepRequest Request(ICommunicator rank) => new(Plan(Small, $"Training:LearningRate={(rank.Rank is 1 or 3 ? "0.2" : "0.1")}"), _folder["x"], SweepPart.Whole) { Parallel = 1 };

        Job job = Run(new ThreadJob(4).Ranks, Request);

        Assert.All(job.Faults, fault => Assert.Equal(
            "ranks 1, 3 of 4: not the trials of rank 0; start all ranks with the same options, configurations, data and version of the program.",
            Assert.IsType<ClusterException>(fault).Message));
        Assert.False(Directory.Exists(_folder["x"]));
    }

    /// <summary>A rank whose messages get lost: neither it nor rank 0 waits for longer than the deadline, and the rows so far stay.</summary>
    [Fact]
    public void Ranks_OneIsLost_EndsAllWithItsTrialAndAnotherJobEndsInTheSameRows()
    {
        SweepRequest Request(string folder) => new(
            Plan(Small.Replace("\"Training\"", "\"Cluster\": { \"Deadline\": 2 }, \"Training\"", StringComparison.Ordinal), "Training:Epochs=1,2", seeds: [1, 2, 3]), _folder[folder], SweepPart.Whole)
        {
            Parallel = 1,
        };
        Run(Request("one"));
        Rank[] ranks = [.. new ThreadJob(3).Ranks.Select(rank => new Rank(rank))];
        ranks[2].IsLostAfter = message => message is TrialMessage.Progress;

        Job job = Run(ranks, _ => Request("cut"));

        Assert.Matches(
            @"^rank 2, which trained original Epochs=2 seed \d, has not answered for 2 s; rows are kept, and the same command trains the other trials, with any number of ranks\.$",
            Assert.IsType<ClusterException>(job.Faults[0]).Message);
        Assert.All(job.Faults.Index().Skip(1), fault => Assert.StartsWith(
            $"rank 0, which hands out the trials, has not answered rank {fault.Index} for 2 s; ", Assert.IsType<ClusterException>(fault.Item).Message, StringComparison.Ordinal));
        Assert.InRange(Rows("cut").Count, 0, 5);
        Assert.Equal([0, 0], Run(new ThreadJob(2).Ranks, _ => Request("cut")).ExitCodes);
        Assert.Equal(Summary("one"), Summary("cut"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Ranks_OneIsAskedToStop_AllStopAndAnyNumberGoesOn(int asked)
    {
        SweepRequest Request(string folder, string epochs) => new(Plan(Small, $"Training:Epochs={epochs}", seeds: [1, 2, 3]), _folder[folder], SweepPart.Whole) { Parallel = 1 };
        Run(Request("one", "1,2"));
        Rank[] ranks = [.. new ThreadJob(3).Ranks.Select(rank => new Rank(rank))];

        Job job = Run(ranks, _ => Request("cut", "1,2,100000"), (rank, signals) =>
        {
            if (rank == asked)
            {
                // Not before the ranks train, however busy the machine is.
                SpinWait.SpinUntil(() => ranks[1].Sent.Any(sent => sent.Message is TrialMessage.Progress), TimeSpan.FromMinutes(1));
                signals.Request("the test");
            }
        });

        Assert.All(job.Faults, Assert.Null);
        Assert.Equal(130, job.ExitCodes[0]);
        Assert.Contains($" stopped signal=\"{(asked == 0 ? "the test" : "rank 1")}\" finished={Rows("cut").Count} wanted=9", job.Outputs[0], StringComparison.Ordinal);
        Assert.InRange(Rows("cut").Count, 0, 6);
        Assert.Equal([0, 0, 0, 0], Run(new ThreadJob(4).Ranks, _ => Request("cut", "1,2")).ExitCodes);
        Assert.Equal(Summary("one"), Summary("cut"));
    }

    /// <summary>A disk that rank 0 cannot write ends the other ranks, too.</summary>
    [Fact]
    public void Ranks_Rank0Fails_TheOthersEnd()
    {
        SweepRequest request = new(Plan(Small, "Training:Epochs=1,100000"), _folder.Path, SweepPart.Whole) { Parallel = 1 };
        _folder.Write("trials", "no folder");

        Job job = Run(new ThreadJob(3).Ranks, _ => request);

        Assert.IsType<OutputException>(job.Faults[0]);
        Assert.Equal([null, null], job.Faults.Skip(1));
    }

    [Fact]
    public void Message_EveryKind_IsReadBack()
    {
        TrialRow row = new() { Configuration = "a, \"b\"", Seed = 3, Epochs = 2, TestAccuracy = 0.1 + 0.2, Status = TrialRow.Failed, Fault = "why", Rungs = [(1, 0.5)] };

        TrialMessage.Train train = (TrialMessage.Train)Again(new TrialMessage.Train(7, 2, [1, 2, 3]));
        TrialMessage.Ended ended = (TrialMessage.Ended)Again(new TrialMessage.Ended(8, row, [4]));

        Assert.Equal((7, 2, "010203"), (train.Number, train.Rung, Convert.ToHexString(train.Folder)));
        Assert.Equal((8, "04"), (ended.Number, Convert.ToHexString(ended.Folder)));
        Assert.Equal(row.Texts(TrialRow.Columns), ended.Row!.Texts(TrialRow.Columns));
        Assert.Null(((TrialMessage.Ended)Again(new TrialMessage.Ended(8, null, []))).Row);
        Assert.Equal(new TrialMessage.Progress(9, 4), Again(new TrialMessage.Progress(9, 4)));
        Assert.IsType<TrialMessage.End>(Again(new TrialMessage.End()));

        TrialMessage Again(TrialMessage message) => TrialMessage.Of(message.ToBytes());
    }

    private static SweepPlan Plan(string json, string vary, IReadOnlyList<ulong>? seeds = null) =>
        SweepPlan.Read([Sources.Of(json)], SweepGrid.All([Variation.Parse(vary)]), seeds ?? [1, 2]);

    private static Job Run(SweepRequest request) => Run([null], _ => request);

    private static Job Run(IEnumerable<ICommunicator?> ranks, Func<ICommunicator, SweepRequest> request, Action<int, StopSignals>? during = null)
    {
        Task<(int ExitCode, Exception? Fault, string Output)>[] running =
        [
            .. ranks.Select((rank, number) => Task.Factory.StartNew(() => RunAsync(rank, request(rank!), signals => during?.Invoke(number, signals)), TaskCreationOptions.LongRunning).Unwrap()),
        ];
        Task.WaitAll(running, TimeSpan.FromMinutes(2));
        return new Job([.. running.Select(rank => rank.Result.ExitCode)], [.. running.Select(rank => rank.Result.Fault)], [.. running.Select(rank => rank.Result.Output)]);
    }

    private static async Task<(int ExitCode, Exception? Fault, string Output)> RunAsync(ICommunicator? rank, SweepRequest request, Action<StopSignals> during)
    {
        StringWriter text = new();
        LineWriter output = new(text);
        await using RunLog log = new(output, TimeProvider.System);
        using StopSignals signals = new(log, TimeProvider.System);
        using TrainingMeter meter = new();
        _ = Task.Run(() => during(signals), CancellationToken.None);
        int exitCode = -1;
        Exception? fault = null;
        try
        {
            exitCode = await new SweepCommand(request, signals, output, log, TimeProvider.System, meter, cluster: rank).RunAsync(signals.Token);
        }
        catch (SweepException failed)
        {
            exitCode = failed.ExitCode;
        }
        catch (Exception failure)
        {
            fault = failure;
        }

        await log.CompleteAsync();
        return (exitCode, fault, text.ToString());
    }

    private IReadOnlyList<TrialRow> Rows(string folder) => SweepFile.ReadAll(_folder[folder]);

    /// <summary>Everything of the rows but what depends on the time, in an order of its own.</summary>
    private IEnumerable<string> Summary(string folder) => Rows(folder)
        .Select(row => string.Join(' ', (row with { Seconds = null, ImagesPerSecond = null }).Fields.Select(field => $"{field.Key}={field.Text}")))
        .Order(StringComparer.Ordinal);

    private IEnumerable<string> Files(string folder) => Directory.EnumerateFileSystemEntries(_folder[folder], "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(_folder[folder], path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private sealed record Job(IReadOnlyList<int> ExitCodes, IReadOnlyList<Exception?> Faults, IReadOnlyList<string> Outputs);

    /// <summary>A rank that remembers its messages, is late, and may be lost: from then on its messages and those to it vanish.</summary>
    private sealed class Rank(ThreadCommunicator inner, int seed = 0) : ICommunicator
    {
        private readonly Random? _delay = seed == 0 ? null : new Random((seed * 17) + inner.Rank);
        private bool _isLost;

        public ConcurrentQueue<(int Rank, TrialMessage Message)> Sent { get; } = [];

        public ConcurrentQueue<TrialMessage> Received { get; } = [];

        /// <summary>After sending which message it is lost.</summary>
        public Func<TrialMessage, bool> IsLostAfter { get; set; } = _ => false;

        int ICommunicator.Rank => inner.Rank;

        public int Size => inner.Size;

        public TimeSpan Deadline { get => inner.Deadline; set => inner.Deadline = value; }

        public void Exchange(ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentLengths, Span<byte> received, ReadOnlySpan<int> receivedLengths) =>
            inner.Exchange(sent, sentLengths, received, receivedLengths);

        public void Gather(Span<byte> all, ReadOnlySpan<int> lengths) => inner.Gather(all, lengths);

        public void Broadcast(Span<byte> bytes, int root) => inner.Broadcast(bytes, root);

        public void Send(int rank, ReadOnlySpan<byte> message)
        {
            Wait();
            if (_isLost)
            {
                return;
            }

            inner.Send(rank, message);
            if (!message.IsEmpty)
            {
                TrialMessage sent = TrialMessage.Of(message.ToArray());
                Sent.Enqueue((rank, sent));
                _isLost = IsLostAfter(sent);
            }
        }

        public byte[]? TryReceive(int rank)
        {
            Wait();
            byte[]? message = _isLost ? null : inner.TryReceive(rank);
            if (message is { Length: > 0 })
            {
                Received.Enqueue(TrialMessage.Of(message));
            }

            return message;
        }

        public void Abort(int exitCode) => inner.Abort(exitCode);

        public void Dispose() => inner.Dispose();

        private void Wait()
        {
            if (_delay is not null)
            {
                Thread.Sleep(_delay.Next(20));
            }
        }
    }
}
