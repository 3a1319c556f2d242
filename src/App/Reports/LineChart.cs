using System.Text;

namespace ConvNN.App.Reports;

/// <summary>A line chart over epochs as inline SVG, in the page's colours.</summary>
/// <param name="title">Its title, with the unit.</param>
/// <param name="curves">The curves: a name and a value for each epoch.</param>
/// <param name="startsAtZero">Whether the axis includes 0.</param>
internal sealed class LineChart(string title, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> curves, bool startsAtZero)
{
    private const double Width = 480;
    private const double Height = 260;
    private const double Left = 60;
    private const double Right = 14;
    private const double Top = 14;
    private const double Bottom = 40;
    private const int MaxMarks = 40;
    private const double MostDigits = 1e9;

    // Of the largest value: a finer axis has no ticks that differ in a double.
    private const double FinestShare = 1e-9;

    /// <summary>The chart as an HTML figure.</summary>
    public string Svg()
    {
        double[] all = [.. curves.SelectMany(curve => curve.Values).Where(double.IsFinite)];
        if (all.Length == 0)
        {
            return "";
        }

        int epochs = curves.Max(curve => curve.Values.Count);
        (double low, double high, double step) = Axis(startsAtZero ? Math.Min(0, all.Min()) : all.Min(), all.Max());
        StringBuilder svg = new();
        svg.Append($"<figure><figcaption>{HtmlPage.Escape(title)}{Legend()}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlPage.Escape(title)}\">");
        for (int i = 0; i <= Math.Round((high - low) / step); i++)
        {
            double tick = low + (i * step);
            double y = Y(tick);
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{(Math.Abs(tick) < MostDigits ? $"{Math.Round(tick, 10):#,0.######}" : $"{tick:g3}")}</text>");
        }

        int every = Math.Max(1, (int)Math.Ceiling(epochs / 10.0));
        for (int epoch = 1; epoch <= epochs; epoch += every)
        {
            svg.Append($"<text x=\"{X(epoch):0.#}\" y=\"{Height - 20}\" text-anchor=\"middle\">{epoch}</text>");
        }

        svg.Append($"<text x=\"{Width - Right}\" y=\"{Height - 4}\" text-anchor=\"end\">epoch</text>");
        foreach ((int index, (string name, IReadOnlyList<double> values)) in curves.Index())
        {
            (int Epoch, double Value)[] points = [.. values.Select((value, i) => (i + 1, value)).Where(point => double.IsFinite(point.value))];
            svg.Append($"<polyline class=\"curve c{index}\" points=\"{string.Join(' ', points.Select(point => $"{X(point.Epoch):0.#},{Y(point.Value):0.#}"))}\"/>");
            foreach ((int epoch, double value) in points.Length <= MaxMarks ? points : [])
            {
                svg.Append($"<circle class=\"mark c{index}\" cx=\"{X(epoch):0.#}\" cy=\"{Y(value):0.#}\" r=\"3\"><title>{HtmlPage.Escape(name)}, epoch {epoch}: {value:#,0.####}</title></circle>");
            }
        }

        return svg.Append("</svg></figure>").ToString();

        double X(int epoch) => Left + ((Width - Left - Right) * (epochs == 1 ? 0.5 : (epoch - 1.0) / (epochs - 1)));

        double Y(double value) => Top + ((Height - Top - Bottom) * (high - value) / (high - low));
    }

    private string Legend() => curves.Count < 2 ? "" : string.Concat(curves.Select((curve, index) => $" <span class=\"key k{index}\">{HtmlPage.Escape(curve.Name)}</span>"));

    /// <summary>The limits of an axis and its tick spacing: 1, 2 or 5 times a power of ten, for about five ticks.</summary>
    private static (double Low, double High, double Step) Axis(double low, double high)
    {
        double range = Math.Max(Math.Max(high - low, FinestShare * Math.Max(Math.Abs(high), Math.Abs(low))), 1e-9);
        double place = 1;
        while (place * 10 <= range)
        {
            place *= 10;
        }

        while (place > range)
        {
            place /= 10;
        }

        double step = (range / place) switch { <= 1.5 => place / 5, <= 3.5 => place / 2, <= 7 => place, _ => 2 * place };
        double first = Math.Floor(low / step) * step;
        double last = Math.Ceiling(high / step) * step;
        return (first, last > first ? last : first + step, step);
    }

}
