using ConvNN.Data.Augmentations;
using ConvNN.Model;

namespace ConvNN.Data.Tests.Augmentations;

public class AugmentationTests
{
    private static readonly Shape Grey = Shape.Image(1, 28, 28);

    private static readonly RandomAugmentation Nothing = new() { Shift = 0 };

    private static readonly RandomAugmentation All =
        new() { Shift = 2, Rotation = 15, Scale = 0.2, Shear = 10, Elastic = 1.5, Flip = true, Erase = 0.5, Noise = 0.1 };

    public static TheoryData<string, RandomAugmentation> Each { get; } = new()
    {
        { "shift", Nothing with { Shift = 3 } },
        { "rotation", Nothing with { Rotation = 15 } },
        { "scale", Nothing with { Scale = 0.2 } },
        { "shear", Nothing with { Shear = 10 } },
        { "elastic", Nothing with { Elastic = 2 } },
        { "flip", Nothing with { Flip = true } },
        { "erase", Nothing with { Erase = 1 } },
        { "noise", Nothing with { Noise = 0.1 } },
    };

    [Theory]
    [MemberData(nameof(Each))]
    public void Apply_SeedEpochAndImage_AloneDecide(string name, RandomAugmentation options)
    {
        float[][] Images(ulong seed, int epoch) => [.. Enumerable.Range(0, 20).Select(index => Applied(options, seed, epoch, index))];

        float[][] images = Images(seed: 1, epoch: 1);

        Assert.True(Same(images, Images(seed: 1, epoch: 1)), name);
        Assert.False(Same(images, Images(seed: 2, epoch: 1)), name);
        Assert.False(Same(images, Images(seed: 1, epoch: 2)), name);
        Assert.Contains(images, image => !image.SequenceEqual(images[0]));
        Assert.All(images.SelectMany(image => image), value => Assert.InRange(value, 0f, 1f));
    }

    /// <summary>The bits on every machine: another hash means that runs with augmentation are not what they were.</summary>
    [Fact]
    public void Apply_All_GivesTheBitsThatWereLaidDown()
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        for (int index = 0; index < 50; index++)
        {
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(Applied(All, seed: 7, epoch: 3, index).AsSpan()));
        }

        Assert.StartsWith("96c21e8cf87c9bec236d0cb54ed1491acc5d521fd8e0beecf5", Convert.ToHexStringLower(hash.GetHashAndReset()), StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_Nothing_LeavesTheImage() => Assert.Equal(Picture(), Applied(Nothing, 1, 1, 1));

    [Fact]
    public void Apply_Shift_MovesByWholePixelsWithinTheLimit()
    {
        HashSet<(int, int)> seen = [];
        for (int index = 0; index < 400; index++)
        {
            float[] moved = Applied(Nothing with { Shift = 2 }, 1, 1, index);
            (int x, int y)[] fits = [.. from x in Enumerable.Range(-2, 5) from y in Enumerable.Range(-2, 5) where IsMoved(moved, x, y) select (x, y)];
            seen.Add(Assert.Single(fits));
        }

        Assert.Equal(25, seen.Count);
    }

    [Fact]
    public void Apply_Flip_MirrorsHalfOfTheImages()
    {
        float[] mirrored = [.. Enumerable.Range(0, 28).SelectMany(row => Picture().Skip(28 * row).Take(28).Reverse())];

        float[][] images = [.. Enumerable.Range(0, 400).Select(index => Applied(Nothing with { Flip = true }, 1, 1, index))];

        Assert.All(images, image => Assert.True(image.SequenceEqual(Picture()) || image.SequenceEqual(mirrored)));
        Assert.InRange(images.Count(image => image.SequenceEqual(mirrored)), 160, 240);
    }

    [Fact]
    public void Apply_Rotation_TurnsAroundTheMiddle()
    {
        // A dot right of the middle comes to lie on a circle around it, at no more than the angle.
        float[] image = new float[29 * 29];
        image[(14 * 29) + 24] = 1;
        for (int index = 0; index < 50; index++)
        {
            float[] turned = [.. image];
            new Augmentation(Nothing with { Rotation = 30 }, Shape.Image(1, 29, 29), seed: 1).Apply(turned, 1, index);

            (double x, double y) = Centre(turned, 29);
            Assert.Equal(10, Math.Sqrt((x * x) + (y * y)), tolerance: 0.6);
            Assert.InRange(Math.Atan2(y, x) * 180 / Math.PI, -33, 33);
        }
    }

    [Fact]
    public void Apply_Erase_ClearsOneRectangleInTheShareOfImages()
    {
        float[] white = [.. Enumerable.Repeat(1f, 784)];
        int erased = 0;
        for (int index = 0; index < 400; index++)
        {
            float[] image = [.. white];
            new Augmentation(Nothing with { Erase = 0.25 }, Grey, seed: 1).Apply(image, 1, index);
            int[] holes = [.. Enumerable.Range(0, 784).Where(i => image[i] == 0)];
            if (holes.Length > 0)
            {
                erased++;
                int width = holes.Max(i => i % 28) - holes.Min(i => i % 28) + 1, height = (holes[^1] / 28) - (holes[0] / 28) + 1;
                Assert.Equal(width * height, holes.Length);
                Assert.InRange(holes.Length, 0.015 * 784, 0.22 * 784);
            }
        }

        Assert.InRange(erased, 70, 130);
    }

    [Fact]
    public void Apply_Noise_HasTheDeviation()
    {
        float[] grey = [.. Enumerable.Repeat(0.5f, 784)];
        new Augmentation(Nothing with { Noise = 0.1 }, Grey, seed: 1).Apply(grey, 1, 1);

        double mean = grey.Average(value => (double)value);
        Assert.Equal(0.5, mean, tolerance: 0.015);
        Assert.Equal(0.1, Math.Sqrt(grey.Average(value => (value - mean) * (value - mean))), tolerance: 0.01);
    }

    [Fact]
    public void Apply_Channels_MoveTogether()
    {
        float[] picture = Picture();
        float[] colour = [.. picture, .. picture.Select(value => value / 2), .. picture];
        new Augmentation(All with { Noise = 0 }, Shape.Image(3, 28, 28), seed: 1).Apply(colour, 1, 5);

        Assert.Equal(colour[..784], colour[1568..]);
        Assert.Equal(colour[..784].Select(value => value / 2), colour[784..1568]);
    }

    private static float[] Applied(RandomAugmentation options, ulong seed, int epoch, int index)
    {
        float[] image = Picture();
        new Augmentation(options, Grey, seed).Apply(image, epoch, index);
        return image;
    }

    /// <summary>Different grey everywhere but in a border of 4 pixels.</summary>
    private static float[] Picture() =>
    [
        .. from y in Enumerable.Range(0, 28)
           from x in Enumerable.Range(0, 28)
           select x is < 4 or >= 24 || y is < 4 or >= 24 ? 0f : (1f + (((x * 31) + (y * 17)) % 97)) / 98,
    ];

    private static bool IsMoved(float[] moved, int right, int down)
    {
        float[] picture = Picture();
        return Enumerable.Range(0, 784).All(i => i % 28 - right is < 0 or > 27 || (i / 28) - down is < 0 or > 27
            ? moved[i] == 0
            : moved[i] == picture[(((i / 28) - down) * 28) + (i % 28) - right]);
    }

    private static (double X, double Y) Centre(float[] image, int side)
    {
        double mass = image.Sum(value => (double)value), middle = (side - 1) / 2.0;
        return (Enumerable.Range(0, image.Length).Sum(i => image[i] * ((i % side) - middle)) / mass, Enumerable.Range(0, image.Length).Sum(i => image[i] * ((i / side) - middle)) / mass);
    }

    private static bool Same(float[][] left, float[][] right) => left.Zip(right).All(pair => pair.First.SequenceEqual(pair.Second));
}
