using ConvNN.App.Commands.Bench.Measuring;

namespace ConvNN.App.Tests.Commands.Bench;

/// <summary>
/// The model held to what is known: images/s measured on a 16-core Intel Xeon with version 0.1.0+9569268, from that machine's images/s with
/// one worker and its empty steps. The phases were recorded later, by <c>bench --cores 2,4,8,16 --json</c> on two cores of a Sapphire
/// Rapids that others used, too, so only their ratios count.
/// </summary>
public class KnownColumnsTests(ITestOutputHelper output)
{
    private const double LargestMedianError = 0.25;

    private static readonly int[] Cores = [2, 4, 8, 16];

    // By threads, on the Xeon.
    private static readonly Dictionary<int, double> EmptySteps = new() { [1] = 6.3, [2] = 11.5, [4] = 12.5, [8] = 16.5, [16] = 15.8 };

    private static readonly Known[] Columns =
    [
        new("original", BatchSize: 10, OneCore: 21_500, Measured: [41_000, 49_700, 67_800, 68_500]),
        new("original", BatchSize: 128, OneCore: 35_200, Measured: [55_200, 91_800, 150_000, 143_800]),
        new("original", BatchSize: 1024, OneCore: 22_800, Measured: [43_200, 82_100, 152_700, 202_800]),
        new("two-block", BatchSize: 10, OneCore: 4_700, Measured: [6_100, 10_300, 12_700, 13_000]),
        new("two-block", BatchSize: 128, OneCore: 5_300, Measured: [7_300, 15_400, 31_300, 26_000]),
    ];

    // As the program divided a step when it was recorded: of the default network the first convolution by channels, with four and eight
    // threads. Since then it does so with two, too.
    private static readonly Recording Today = new(
        new MeetingReport(Microseconds: 0.21, LineNanoseconds: 4.03),
        [
            [
                new(1, 2, [new("samples", 119.9, 119.9, 0), new("update", 60.0, 60.0, 0)]),
                new(2, 2, [new("samples", 61.1, 61.2, 5715), new("update", 31.3, 31.9, 523)]),
                new(4, 5, [new("load", 1.0, 1.2, 0), new("features", 17.6, 17.9, 392), new("samples", 5.9, 7.0, 499), new("features back", 16.5, 16.5, 64), new("update", 19.6, 20.4, 95)]),
                new(8, 5, [new("load", 0.6, 0.9, 0), new("features", 11.1, 11.4, 441), new("samples", 4.2, 5.0, 539), new("features back", 10.6, 10.8, 72), new("update", 12.4, 13.6, 109)]),
            ],
            [
                new(1, 2, [new("samples", 1617.3, 1617.3, 0), new("update", 558.2, 558.2, 0)]),
                new(2, 2, [new("samples", 785.1, 786.1, 5715), new("update", 280.9, 290.0, 6340)]),
                new(4, 5, [new("load", 16.0, 17.1, 0), new("features", 226.3, 234.2, 4704), new("samples", 38.7, 44.4, 1195), new("features back", 190.4, 203.6, 768), new("update", 150.4, 158.3, 864)]),
                new(8, 5, [new("load", 8.0, 9.1, 0), new("features", 135.2, 140.1, 5488), new("samples", 22.7, 29.4, 1452), new("features back", 116.0, 132.5, 896), new("update", 87.2, 94.8, 1526)]),
            ],
            [
                new(1, 2, [new("samples", 36709.5, 36709.5, 0), new("update", 21454.2, 21454.2, 0)]),
                new(2, 2, [new("samples", 19296.5, 19360.9, 5674), new("update", 9857.0, 11031.7, 50692)]),
                new(4, 5, [new("load", 170.1, 177.5, 0), new("features", 4970.2, 6168.9, 37632), new("samples", 590.4, 607.8, 6571), new("features back", 4548.1, 5631.7, 6144), new("update", 5066.2, 6924.8, 6912)]),
                new(8, 5, [new("load", 91.6, 110.6, 0), new("features", 2536.3, 2818.4, 43904), new("samples", 315.3, 338.8, 7724), new("features back", 2600.3, 3957.9, 7168), new("update", 2157.1, 2990.3, 8064)]),
                new(16, 2, [new("samples", 1691.6, 2513.8, 11388), new("update", 1041.2, 2618.0, 91215)]),
            ],
            [
                new(1, 2, [new("samples", 1389.0, 1389.0, 0), new("update", 84.0, 84.0, 0)]),
                new(2, 2, [new("samples", 700.1, 709.8, 6999), new("update", 43.4, 44.0, 1115)]),
                new(4, 2, [new("samples", 481.8, 562.7, 10498), new("update", 23.9, 26.8, 1707)]),
                new(8, 2, [new("samples", 314.4, 383.7, 12328), new("update", 14.9, 20.1, 1945)]),
            ],
            [
                new(1, 2, [new("samples", 38174.1, 38174.1, 0), new("update", 1811.0, 1811.0, 0)]),
                new(2, 2, [new("samples", 18345.0, 18905.1, 6999), new("update", 753.4, 809.6, 7251)]),
                new(4, 2, [new("samples", 8982.3, 10014.4, 10578), new("update", 338.3, 439.2, 10683)]),
                new(8, 2, [new("samples", 3992.4, 4748.9, 12328), new("update", 160.2, 290.0, 12348)]),
            ],
        ]);

    // All layers by samples with any number of threads, as in version 0.1.0+9569268 (which divided dense layers of small batches by units, though).
    private static readonly Recording BySamples = new(
        new MeetingReport(Microseconds: 0.14, LineNanoseconds: 3.10),
        [
            [
                new(1, 2, [new("samples", 134.8, 134.8, 0), new("update", 68.6, 68.6, 0)]),
                new(2, 2, [new("samples", 68.5, 68.7, 5715), new("update", 35.4, 36.1, 523)]),
                new(4, 2, [new("samples", 74.5, 92.3, 8511), new("update", 19.5, 20.9, 713)]),
                new(8, 2, [new("samples", 45.5, 55.7, 9906), new("update", 10.8, 13.3, 811)]),
            ],
            [
                new(1, 2, [new("samples", 1756.7, 1756.7, 0), new("update", 635.7, 635.7, 0)]),
                new(2, 2, [new("samples", 880.5, 881.6, 5674), new("update", 315.1, 323.8, 6340)]),
                new(4, 2, [new("samples", 449.3, 454.3, 8552), new("update", 154.6, 171.1, 9222)]),
                new(8, 2, [new("samples", 240.3, 254.1, 10035), new("update", 78.9, 93.8, 9639)]),
            ],
            [
                new(1, 2, [new("samples", 14575.3, 14575.3, 0), new("update", 7347.0, 7347.0, 0)]),
                new(2, 2, [new("samples", 7232.7, 7268.7, 5715), new("update", 3755.3, 3818.6, 50692)]),
                new(4, 2, [new("samples", 3549.0, 3589.4, 8552), new("update", 1886.7, 2099.5, 73734)]),
                new(8, 2, [new("samples", 1801.0, 1818.8, 9906), new("update", 954.1, 1039.9, 89278)]),
                new(16, 2, [new("samples", 901.0, 914.2, 11389), new("update", 479.0, 1055.9, 82575)]),
            ],
            [
                new(1, 2, [new("samples", 1213.5, 1213.5, 0), new("update", 93.8, 93.8, 0)]),
                new(2, 2, [new("samples", 743.2, 792.5, 6999), new("update", 47.5, 48.7, 1115)]),
                new(4, 2, [new("samples", 457.8, 520.1, 10498), new("update", 25.4, 28.3, 1707)]),
                new(8, 2, [new("samples", 315.2, 384.3, 12328), new("update", 15.5, 19.8, 1945)]),
            ],
            [
                new(1, 2, [new("samples", 13858.4, 13858.4, 0), new("update", 867.0, 867.0, 0)]),
                new(2, 2, [new("samples", 7072.2, 7160.1, 7079), new("update", 408.0, 435.4, 7251)]),
                new(4, 2, [new("samples", 3644.3, 3813.4, 10579), new("update", 210.7, 265.3, 10683)]),
                new(8, 2, [new("samples", 1950.8, 2148.6, 12328), new("update", 106.5, 192.9, 12348)]),
            ],
        ]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_AMachineWithSixteenCores_IsWrongByAQuarterAtMostInHalfOfItsFigures(bool isToday)
    {
        Recording recording = isToday ? Today : BySamples;
        List<double> errors = [];
        foreach ((Known known, DividedStep[] steps) in Columns.Zip(recording.Steps))
        {
            double[] row = [.. Cores.Zip(known.Measured, (cores, measured) => (Predict(cores, known, steps, recording.Meeting) / measured) - 1)];
            output.WriteLine(FormattableString.Invariant($"{known.Network}, batch {known.BatchSize}: {string.Join(", ", Cores.Zip(row, (cores, error) => FormattableString.Invariant($"{cores} cores {100 * error:+0;-0} %")))}"));
            errors.AddRange(row.Select(Math.Abs));
        }

        errors.Sort();
        double median = (errors[9] + errors[10]) / 2;
        output.WriteLine(FormattableString.Invariant($"median {100 * median:0.0} %"));
        Assert.Equal(20, errors.Count);
        Assert.True(median <= LargestMedianError, FormattableString.Invariant($"the median error is {median:0.000}"));
    }

    /// <summary>A thread needs a leaf, of which there are eight up to batch 128: sixteen cores then use eight threads.</summary>
    private static double Predict(int cores, Known known, DividedStep[] steps, MeetingReport meeting) =>
        CorePrediction.Of(cores, steps.Last(step => step.Threads <= cores), steps[0], known.BatchSize, known.OneCore, new CoreCosts(EmptySteps, meeting)).ImagesPerSecond;

    /// <summary>What a network gave on the Xeon.</summary>
    /// <param name="Network">The network.</param>
    /// <param name="BatchSize">Images of a step.</param>
    /// <param name="OneCore">images/s with one worker.</param>
    /// <param name="Measured">images/s with each of <see cref="Cores"/>.</param>
    private sealed record Known(string Network, int BatchSize, double OneCore, double[] Measured);

    /// <summary>What was recorded here: a meeting of two cores, and for each of <see cref="Columns"/> the step by threads.</summary>
    private sealed record Recording(MeetingReport Meeting, DividedStep[][] Steps);
}
