using ConvNN.Model.Randomness;

namespace ConvNN.Model.Tests.Randomness;

public class RandomStreamTests
{
    private const int Draws = 100_000;

    /// <summary>How far a statistic may lie from its expectation, in standard deviations; beyond with probability 6·10⁻⁷.</summary>
    private const double Sigmas = 5;

    [Fact]
    public void Fill_EveryLength_GivesTheWords()
    {
        var stream = new RandomStream(seed: 42, RandomPurpose.Dropout, layer: 3, epoch: 2, index: 59_999);
        for (int length = 0; length <= 200; length++)
        {
            var words = new uint[length];
            stream.Fill(words);
            for (int unit = 0; unit < length; unit++)
            {
                uint expected = stream.Word((uint)unit);
                Assert.True(words[unit] == expected, $"length {length}, unit {unit}: got {words[unit]:x8}, expected {expected:x8}.");
            }
        }
    }

    /// <summary>The first words of one stream: every published hash depends on them.</summary>
    [Fact]
    public void Word_FixedKey_HasTheCommittedBits()
    {
        var stream = new RandomStream(seed: 1, RandomPurpose.Initialization);
        uint[] actual = [stream.Word(0), stream.Word(1), stream.Word(16), stream.Word(64)];

        Assert.Equal([0x9f3f38efu, 0x8031ad0du, 0x8c470732u, 0xcaf672fau], actual);
    }

    public static TheoryData<string, RandomStream> Neighbours => new()
    {
        { "seed", new RandomStream(2, RandomPurpose.Dropout, 3, 4, 5) },
        { "high half of the seed", new RandomStream(1 + (1ul << 32), RandomPurpose.Dropout, 3, 4, 5) },
        { "purpose", new RandomStream(1, RandomPurpose.Shuffle, 3, 4, 5) },
        { "layer", new RandomStream(1, RandomPurpose.Dropout, 4, 4, 5) },
        { "epoch", new RandomStream(1, RandomPurpose.Dropout, 3, 5, 5) },
        { "index", new RandomStream(1, RandomPurpose.Dropout, 3, 4, 6) },
        { "epoch and index exchanged", new RandomStream(1, RandomPurpose.Dropout, 3, 5, 4) },
    };

    /// <summary>1,000 words of two independent streams agree nowhere, but for a chance of 1,000 / 2³².</summary>
    [Theory]
    [MemberData(nameof(Neighbours), DisableDiscoveryEnumeration = true)]
    public void Word_OnePartOfTheKeyDiffers_IsAnotherStream(string part, RandomStream other)
    {
        var stream = new RandomStream(1, RandomPurpose.Dropout, 3, 4, 5);
        for (uint unit = 0; unit < 1000; unit++)
        {
            Assert.True(stream.Word(unit) != other.Word(unit), $"another {part}, yet unit {unit} is {stream.Word(unit):x8} in both.");
        }
    }

    [Fact]
    public void Uniform_ManyDraws_LieInTheUnitIntervalAroundOneHalf()
    {
        var stream = new RandomStream(seed: 1, RandomPurpose.Initialization, epoch: 7);
        double sum = 0;
        for (uint unit = 0; unit < Draws; unit++)
        {
            double value = stream.Uniform(unit);
            Assert.True(value is >= 0 and < 1, $"unit {unit}: {value:r} is not in [0, 1).");
            sum += value;
        }

        AssertNear("mean", sum / Draws, expected: 0.5, variance: 1.0 / 12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(97)]
    public void Below_ManyDraws_AreUniformByChiSquare(int bound)
    {
        var stream = new RandomStream(seed: 1, RandomPurpose.Shuffle, epoch: bound);
        var counts = new int[bound];
        for (uint unit = 0; unit < Draws; unit++)
        {
            int value = stream.Below(unit, bound);
            Assert.True(value >= 0 && value < bound, $"unit {unit}: {value} is not in [0, {bound}).");
            counts[value]++;
        }

        // The quantile of χ² at `Sigmas` (Wilson and Hilferty 1931): its cube root is nearly normal.
        double expected = (double)Draws / bound;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        double freedom = bound - 1;
        double limit = freedom * Math.Pow(1 - (2 / (9 * freedom)) + (Sigmas * Math.Sqrt(2 / (9 * freedom))), 3);
        Assert.True(chiSquare <= limit, $"χ² is {chiSquare:f1}, expected at most {limit:f1} for {freedom} degrees of freedom.");
    }

    [Fact]
    public void Below_One_IsZero() => Assert.Equal(0, new RandomStream(1, RandomPurpose.Shuffle).Below(unit: 3, bound: 1));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Below_NoNumbers_Throws(int bound) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(1, RandomPurpose.Shuffle).Below(0, bound));

    /// <summary>The even moments of the normal distribution are 1, 3, 15, 105: the variances of z, z² and z⁴ are 1, 2 and 96.</summary>
    [Fact]
    public void Normal_ManyDraws_HasTheMomentsOfTheNormalDistribution()
    {
        var stream = new RandomStream(seed: 1, RandomPurpose.Initialization);
        double sum = 0;
        double squares = 0;
        double cubes = 0;
        double fourths = 0;
        for (uint unit = 0; unit < Draws; unit++)
        {
            double z = stream.Normal(unit);
            sum += z;
            squares += z * z;
            cubes += z * z * z;
            fourths += z * z * z * z;
        }

        AssertNear("mean", sum / Draws, expected: 0, variance: 1);
        AssertNear("variance", squares / Draws, expected: 1, variance: 2);
        AssertNear("skewness", cubes / Draws, expected: 0, variance: 15);
        AssertNear("kurtosis", fourths / Draws, expected: 3, variance: 96);
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(RandomStream.MaxLayer + 1, 0, 0)]
    [InlineData(0, -1, 0)]
    [InlineData(0, 0, -1)]
    public void Constructor_KeyOutOfRange_Throws(int layer, int epoch, int index) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomStream(1, RandomPurpose.Dropout, layer, epoch, index));

    private static void AssertNear(string what, double actual, double expected, double variance)
    {
        double bound = Sigmas * Math.Sqrt(variance / Draws);
        Assert.True(Math.Abs(actual - expected) <= bound, $"{what} of {Draws} draws is {actual:f5}, expected {expected} within {bound:f5}.");
    }
}
