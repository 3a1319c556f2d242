namespace ConvNN.Kernels.Functions;

/// <summary>
/// Elementary functions whose bits depend only on IEEE 754 addition, subtraction, multiplication, division and fused
/// multiply-add, so they are the same with every CPU, vector width and C library.
/// </summary>
/// <remarks>
/// <para>
/// <c>System.Math</c> hands these functions to the platform's C library, whose results differ in the last bit between
/// libraries and between CPUs with and without FMA. Each function here reduces its argument (Cody and Waite, "Software
/// Manual for the Elementary Functions", 1980; with a fused multiply-add the first step of the reduction is exact),
/// evaluates a minimax polynomial of our own (Remez exchange in 60 digits, coefficients rounded to the type) by Horner's
/// rule, with one fused multiply-add per coefficient, and builds powers of two with bit operations.
/// </para>
/// <para>
/// Special values follow IEEE 754-2019, section 9.2. The sign and payload of a NaN result are unspecified.
/// Errors are given in units in the last place (ulp) of the exact result; double functions were measured against 75
/// digits on 100,000 random arguments each, float functions against double on every float.
/// </para>
/// </remarks>
public static partial class Elementary
{
}
