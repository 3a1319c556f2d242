using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Tests.Vectors;

public class LanesTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(1352, 1360)]
    public void RoundUp_Length_IsTheNextMultipleOf16(int length, int expected) => Assert.Equal(expected, Lanes.RoundUp(length));
}
