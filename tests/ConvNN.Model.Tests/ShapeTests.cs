using ConvNN.Kernels.Vectors;

namespace ConvNN.Model.Tests;

public class ShapeTests
{
    [Fact]
    public void Image_Sizes_CountsAndPads()
    {
        Shape shape = Shape.Image(8, 13, 13);

        Assert.Equal((1352, 1360, false, "8×13×13"), (shape.Count, shape.Stride, shape.IsVector, shape.ToString()));
        Assert.Equal([8, 13, 13], shape.Dimensions);
    }

    [Fact]
    public void Vector_Length_CountsAndPads()
    {
        Shape shape = Shape.Vector(10);

        Assert.Equal((10, 16, true, "10"), (shape.Count, shape.Stride, shape.IsVector, shape.ToString()));
        Assert.Equal([10], shape.Dimensions);
        Assert.NotEqual(Shape.Image(10, 1, 1), shape);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(int.MaxValue, 1, 1)]
    [InlineData(65_536, 65_536, 1)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    public void Image_SizeOutOfRange_Throws(int channels, int height, int width) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Shape.Image(channels, height, width));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(int.MaxValue)]
    public void Vector_LengthOutOfRange_Throws(int count) => Assert.Throws<ArgumentOutOfRangeException>(() => Shape.Vector(count));

    [Fact]
    public void Vector_LargestLength_HasAStrideThatABufferHolds() =>
        Assert.Equal(AlignedBuffer.MaxLength, Shape.Vector(AlignedBuffer.MaxLength).Stride);

    [Fact]
    public void ClearPadding_Samples_ClearsWhatLiesBetween()
    {
        float[] values = [.. Enumerable.Repeat(1f, 32)];

        Shape.Vector(10).ClearPadding(values, samples: 2);

        Assert.Equal([.. Enumerable.Range(0, 32).Select(i => i % 16 < 10 ? 1f : 0f)], values);
    }

    [Fact]
    public void Maps_FlattenedImage_AreItsChannelsAndMakeNoOtherShape()
    {
        Shape image = Shape.Image(3, 2, 4), vector = Shape.Vector(24, image.Maps);

        Assert.Equal((3, 3, 1), (image.Maps, vector.Maps, Shape.Vector(24).Maps));
        Assert.Equal(Shape.Vector(24), vector);
        Assert.Equal(Shape.Vector(24).GetHashCode(), vector.GetHashCode());
        Assert.Throws<ArgumentOutOfRangeException>(() => Shape.Vector(24, maps: 5));
    }
}
