using ConvNN.Kernels.Sums;

namespace ConvNN.Kernels.Tests.Sums;

public class LeafCutTests
{
    [Fact]
    public void Start_EveryCut_TilesTheSamples()
    {
        for (int samples = 0; samples <= 130; samples++)
        {
            for (int leaves = 1; leaves <= 64; leaves++)
            {
                LeafCut cut = new(samples, leaves);
                Assert.Equal(0, cut.Start(0));
                Assert.Equal(samples, cut.Start(leaves));
                for (int h = 0; h < leaves; h++)
                {
                    int length = cut.Start(h + 1) - cut.Start(h);
                    bool isFair = length == samples / leaves || length == (samples + leaves - 1) / leaves;
                    Assert.True(isFair, $"leaf {h} of {cut}: expected about {samples / leaves} samples, actual {length}.");
                }
            }
        }
    }

    [Fact]
    public void Start_LargestBatch_DoesNotOverflow() =>
        Assert.Equal((int)(63L * int.MaxValue / 64), new LeafCut(int.MaxValue, 64).Start(63));

    [Theory]
    [InlineData(1, 8)]
    [InlineData(10, 8)]
    [InlineData(128, 8)]
    [InlineData(255, 8)]
    [InlineData(256, 16)]
    [InlineData(511, 16)]
    [InlineData(512, 32)]
    [InlineData(1023, 32)]
    [InlineData(1024, 64)]
    [InlineData(100_000, 64)]
    public void DefaultLeaves_BatchSize_IsAsDefined(int batchSize, int leaves) =>
        Assert.Equal(leaves, LeafCut.DefaultLeaves(batchSize));

    [Fact]
    public void DefaultLeaves_AboveEight_KeepSixteenSamplesInEachLeaf()
    {
        for (int batchSize = 1; batchSize <= 4096; batchSize++)
        {
            int leaves = LeafCut.DefaultLeaves(batchSize);
            Assert.True(leaves == 8 || batchSize / leaves >= 16, $"batch {batchSize}: expected 16 samples a leaf, actual {batchSize / leaves}.");
            Assert.True(leaves == 64 || batchSize < leaves * 2 * 16, $"batch {batchSize}: {leaves} leaves, twice as many would do.");
        }
    }
}
