using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Measures the peak performance of the machine.</summary>
internal static class MachineBenchmark
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(5);

    /// <summary>Measures every vector width on one core and on all, then memory.</summary>
    /// <param name="pace">How long to measure.</param>
    /// <param name="cancellationToken">Stops it between two turns.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static MachineReport Run(BenchmarkPace pace, CancellationToken cancellationToken = default)
    {
        int[] cores = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
        KernelTier[] tiers =
            [.. Enum.GetValues<KernelTier>().Where(tier => tier <= KernelSet.BestTier && (tier != KernelTier.Reference || tier == KernelSet.BestTier)).OrderDescending()];
        MemoryBandwidth memory = new(pace.MemoryLength);
        List<Turn> turns =
        [
            .. from tier in tiers from count in cores select new Turn(tier, "", count, time => MultiplyAddPeak.Measure(tier, count, time)),
            .. from count in cores select new Turn(null, "read", count, time => memory.Read(count, time)),
            .. from count in cores select new Turn(null, "triad", count, time => memory.Triad(count, time)),
        ];
        turns.ForEach(turn => turn.Measure(WarmUp));
        for (int round = 0; round < pace.Rounds; round++)
        {
            foreach (Turn turn in turns)
            {
                cancellationToken.ThrowIfCancellationRequested();
                turn.Rates.Add(turn.Measure(pace.Turn / 4));
            }
        }

        return new MachineReport(
            [.. from turn in turns where turn.Tier is not null select new MultiplyAddReport($"{turn.Tier}".ToLowerInvariant(), turn.Cores, Spread.Of(turn.Rates))],
            [.. from turn in turns where turn.Tier is null select new MemoryReport(turn.Access, turn.Cores, Spread.Of(turn.Rates))]);
    }

    private sealed record Turn(KernelTier? Tier, string Access, int Cores, Func<TimeSpan, double> Measure)
    {
        public List<double> Rates { get; } = [];
    }
}
