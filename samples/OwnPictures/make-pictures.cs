#:package StbImageWriteSharp@1.16.7

// Makes pictures in which only the shape tells the class: dotnet run make-pictures.cs -- photos 600
// Position, size, rotation, colours, background, noise, size of the picture, format and orientation of the camera are random.
using System.Globalization;
using StbImageWriteSharp;

string folder = args.ElementAtOrDefault(0) ?? "photos";
int count = int.Parse(args.ElementAtOrDefault(1) ?? "600", CultureInfo.InvariantCulture);
Random random = new(args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 1);
string[] shapes = ["circle", "square", "triangle"];
foreach (string shape in shapes)
{
    for (int i = 0; i < count; i++)
    {
        // A fifth is kept for the test.
        string part = Path.Combine(folder, i % 5 == 4 ? "test" : "train", shape);
        Directory.CreateDirectory(part);
        Scene scene = Scene.Random(shape, random);
        File.WriteAllBytes(Path.Combine(part, $"{i:0000}{scene.Extension}"), scene.Encode());
    }
}

Console.WriteLine($"{shapes.Length * count} pictures in {folder}");

/// <summary>A shape before a background.</summary>
sealed class Scene
{
    private const int Samples = 3;      // in each direction of a pixel, for smooth edges

    private readonly string _shape;
    private readonly int _width, _height, _quality, _orientation;
    private readonly double _x, _y, _radius, _angle, _noise, _slope;
    private readonly double[] _ground, _other, _color;
    private readonly Random _random;

    private Scene(string shape, Random random)
    {
        (_shape, _random) = (shape, random);
        (_width, _height) = (random.Next(80, 161), random.Next(80, 161));
        int side = Math.Min(_width, _height);
        _radius = side * Between(0.25, 0.45);
        (_x, _y) = (Between(_radius, _width - _radius), Between(_radius, _height - _radius));
        (_angle, _slope) = (Between(0, 2 * Math.PI), Between(0, 2 * Math.PI));
        _noise = Between(0, 25);
        (_ground, _other) = (Color(), Color());

        // A colour that can be told from both ends of the background.
        do
        {
            _color = Color();
        }
        while (Distance(_color, _ground) < 90 || Distance(_color, _other) < 90 || Distance(_color, Middle(_ground, _other)) < 90);

        Extension = random.Next(4) switch { 0 => ".png", 1 => ".bmp", _ => ".jpg" };
        _quality = random.Next(40, 96);
        _orientation = random.Next(1, 9);
    }

    public string Extension { get; }

    public static Scene Random(string shape, Random random) => new(shape, random);

    public byte[] Encode()
    {
        byte[] pixels = Draw();
        ImageWriter writer = new();
        using MemoryStream stream = new();
        switch (Extension)
        {
            case ".png":
                writer.WritePng(pixels, _width, _height, ColorComponents.RedGreenBlue, stream);
                break;
            case ".bmp":
                writer.WriteBmp(pixels, _width, _height, ColorComponents.RedGreenBlue, stream);
                break;
            default:
                writer.WriteJpg(pixels, _width, _height, ColorComponents.RedGreenBlue, stream, _quality);
                return WithOrientation(stream.ToArray());
        }

        return stream.ToArray();
    }

    private byte[] Draw()
    {
        byte[] pixels = new byte[3 * _width * _height];
        for (int row = 0; row < _height; row++)
        {
            for (int column = 0; column < _width; column++)
            {
                double cover = 0;
                for (int s = 0; s < Samples * Samples; s++)
                {
                    cover += IsInside(column + ((s % Samples + 0.5) / Samples), row + ((s / Samples + 0.5) / Samples)) ? 1.0 / (Samples * Samples) : 0;
                }

                double along = 0.5 + (((column - (_width / 2.0)) * Math.Cos(_slope)) + ((row - (_height / 2.0)) * Math.Sin(_slope))) / (_width + _height);
                for (int c = 0; c < 3; c++)
                {
                    double ground = _ground[c] + (along * (_other[c] - _ground[c]));
                    double value = ground + (cover * (_color[c] - ground)) + (_noise * (_random.NextDouble() + _random.NextDouble() - 1));
                    pixels[(3 * ((row * _width) + column)) + c] = (byte)Math.Clamp(value, 0, 255);
                }
            }
        }

        return pixels;
    }

    private bool IsInside(double column, double row)
    {
        (double dx, double dy) = ((column - _x) / _radius, (row - _y) / _radius);
        (double x, double y) = ((dx * Math.Cos(_angle)) + (dy * Math.Sin(_angle)), (dy * Math.Cos(_angle)) - (dx * Math.Sin(_angle)));
        return _shape switch
        {
            "circle" => (x * x) + (y * y) <= 0.72,                                          // about the area of the others
            "square" => Math.Max(Math.Abs(x), Math.Abs(y)) <= Math.Sqrt(0.5),
            _ => y <= 0.5 && y >= (Math.Sqrt(3) * Math.Abs(x)) - 1,                           // corners on the circle of radius 1
        };
    }

    /// <summary>The file with the tag that a camera writes when it is held sideways: EXIF's orientation.</summary>
    private byte[] WithOrientation(byte[] jpeg)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, (byte)'E', (byte)'x', (byte)'i', (byte)'f', 0, 0,
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1,                                  // big-endian; one entry
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)_orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    private double Between(double low, double high) => low + (_random.NextDouble() * (high - low));

    private double[] Color() => [Between(0, 255), Between(0, 255), Between(0, 255)];

    private static double[] Middle(double[] a, double[] b) => [.. a.Zip(b, (x, y) => (x + y) / 2)];

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
