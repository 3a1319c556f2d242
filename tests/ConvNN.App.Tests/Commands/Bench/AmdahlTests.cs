using ConvNN.App.Commands.Bench;

namespace ConvNN.App.Tests.Commands.Bench;

public class AmdahlTests
{
    [Theory]
    [InlineData(0.95, 20, 10.256)]      // the law's textbook case: half of the limit of 20 at 20 workers
    [InlineData(0.5, 1e9, 2)]
    [InlineData(1, 8, 8)]
    [InlineData(0, 8, 1)]
    public void SpeedUp_OfAShare(double share, double workers, double expected) => Assert.Equal(expected, Amdahl.SpeedUp(share, workers), 3);

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.37)]
    public void Fit_OfItsOwnCurve_IsItsShare(double share) =>
        Assert.Equal(share, Amdahl.Fit([.. new double[] { 1, 2, 4, 8 }.Select(workers => (workers, Amdahl.SpeedUp(share, workers)))]), 12);

    [Fact]
    public void Fit_OfOneWorkerAlone_IsOne() => Assert.Equal(1, Amdahl.Fit([(1, 1)]));

    /// <summary>Two workers that are slower than one, as on a machine that others use.</summary>
    [Fact]
    public void Fit_OfASlowDown_IsZero() => Assert.Equal(0, Amdahl.Fit([(1, 1), (2, 0.8)]));
}
