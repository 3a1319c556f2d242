using ConvNN.Model.Randomness;
using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Tests.Pipeline;

public class EpochSamplerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Shuffle_AnyCount_HasEveryIndexOnce(int count)
    {
        for (int epoch = 0; epoch < 10; epoch++)
        {
            Assert.Equal(Enumerable.Range(0, count), Order(count, seed: 42, epoch).Order());
        }
    }

    [Fact]
    public void Shuffle_EqualSeedAndEpoch_GivesTheSameOrder()
    {
        var sampler = new EpochSampler(1000, seed: 7);
        int[] order = new int[1000];
        sampler.Shuffle(5, order);      // what was drawn before, and what the span holds, must not matter
        sampler.Shuffle(3, order);

        Assert.Equal(Order(1000, seed: 7, epoch: 3), order);
    }

    [Fact]
    public void Shuffle_AnotherSeedOrEpoch_GivesAnotherOrder()
    {
        int[][] orders = [Order(1000, 7, 3), Order(1000, 7, 4), Order(1000, 8, 3), Order(1000, 7UL << 32, 3)];

        Assert.Equal(orders.Length, orders.Select(order => string.Join(' ', order)).Distinct().Count());
    }

    [Fact]
    public void Shuffle_Order_IsFisherAndYatesWithTheStreamOfTheEpoch()
    {
        var random = new RandomStream(seed: 7, RandomPurpose.Shuffle, epoch: 3);
        List<int> left = [.. Enumerable.Range(0, 100)];
        int[] expected = new int[100];

        for (int i = 99; i >= 0; i--)       // strike one out of those left; the last of them takes its place
        {
            int j = i == 0 ? 0 : random.Below((uint)i, i + 1);
            expected[i] = left[j];
            left[j] = left[i];
            left.RemoveAt(i);
        }

        Assert.Equal(expected, Order(100, seed: 7, epoch: 3));
    }

    /// <remarks>
    /// The covariance of a random permutation's matrix is 1 / (n − 1) times a projection of rank d = (n − 1)², so over T
    /// epochs (n − 1) / T · Σ (count − T / n)² follows χ² with d degrees of freedom. Laurent and Massart, "Adaptive
    /// estimation of a quadratic functional", 2000, lemma 1: it leaves [d − 2√(dx), d + 2√(dx) + 2x] with probability
    /// below 2e⁻ˣ, here one in 200 million.
    /// </remarks>
    [Fact]
    public void Shuffle_ManyEpochs_PutsEveryIndexEverywhereAlike()
    {
        const int N = 32;
        const int Epochs = 3200;
        int[,] counts = new int[N, N];
        int[] order = new int[N];
        var sampler = new EpochSampler(N, seed: 1);

        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            sampler.Shuffle(epoch, order);

            for (int place = 0; place < N; place++)
            {
                counts[place, order[place]]++;
            }
        }

        double squares = counts.Cast<int>().Sum(count => (count - ((double)Epochs / N)) * (count - ((double)Epochs / N)));
        double statistic = (N - 1.0) / Epochs * squares;
        const double Degrees = (N - 1) * (N - 1);
        const double X = 20;
        double spread = 2 * Math.Sqrt(Degrees * X);

        Assert.InRange(statistic, Degrees - spread, Degrees + spread + (2 * X));
    }

    [Fact]
    public void Shuffle_Warm_AllocatesNothing()
    {
        var sampler = new EpochSampler(1000, seed: 1);
        int[] order = new int[1000];
        sampler.Shuffle(0, order);

        long before = GC.GetAllocatedBytesForCurrentThread();
        sampler.Shuffle(1, order);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Shuffle_SpanOfAnotherLength_NamesBoth()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new EpochSampler(10, seed: 1).Shuffle(0, new int[9]));

        Assert.Contains("10 places, found 9", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConstructorAndShuffle_ArgumentsOutOfRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EpochSampler(0, seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EpochSampler(1, seed: 1).Shuffle(-1, new int[1]));
    }

    private static int[] Order(int count, ulong seed, int epoch)
    {
        int[] order = new int[count];
        new EpochSampler(count, seed).Shuffle(epoch, order);
        return order;
    }
}
