namespace ConvNN.Model.Tests;

public class InitializerTests
{
    [Fact]
    public void KaimingNormal_Element_IsTheScaledNormalOfItsPlace()
    {
        RandomStream stream = new(1, RandomPurpose.Initialization, layer: 2);

        Assert.Equal((float)(Math.Sqrt(2.0 / 9) * stream.Normal(5)), Initializer.KaimingNormal(9).Value(stream, 5));
    }

    [Fact]
    public void KaimingNormal_NoInputs_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Initializer.KaimingNormal(0));

    [Fact]
    public void Zeros_Element_IsZero() => Assert.Equal(0f, Initializer.Zeros.Value(new RandomStream(1, RandomPurpose.Initialization), 3));
}
